-- What was read in a file of a visit: a copy without anything but the picture or the sound, and what the camera wrote
-- into it. A file that cannot be read has the reason instead, and no copy.
CREATE TABLE clean_copy (
    evidence_id uuid PRIMARY KEY NOT NULL REFERENCES evidence (id),
    media_type text,
    sha256 bytea,
    size bigint,
    thumbnail_sha256 bytea,
    width integer,
    height integer,
    seconds integer,
    taken_at text,
    latitude double precision,
    longitude double precision,
    camera text,
    look bigint,
    problem text,
    made_at timestamptz NOT NULL,
    CHECK ((problem IS NULL) = (sha256 IS NOT NULL AND media_type IS NOT NULL AND size IS NOT NULL))
);
CREATE INDEX clean_copy_look ON clean_copy (look);
