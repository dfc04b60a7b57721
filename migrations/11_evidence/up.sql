-- Files that belong to visits. A file may come before its visit, so the visit is named and not referred to.
CREATE TABLE evidence (
    id uuid PRIMARY KEY NOT NULL,
    visit_id uuid NOT NULL,
    shopper_id uuid NOT NULL REFERENCES account (id),
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('arriving', 'kept')),
    created_at timestamptz NOT NULL,
    kept_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX evidence_visit ON evidence (visit_id);
-- With the size, so that what somebody sent in a day is added up from the index alone.
CREATE INDEX evidence_shopper ON evidence (shopper_id, created_at, size);
CREATE INDEX evidence_sha256 ON evidence (sha256);
CREATE INDEX evidence_arriving ON evidence (expires_at) WHERE state = 'arriving';
