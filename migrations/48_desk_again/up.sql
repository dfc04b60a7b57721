-- A visit is looked at anew when its shopper has answered a return: each look is of one revision of the visit, and the earlier
-- ones stay. What was looked at before is taken for a look at what came first.
CREATE TABLE look_at_revision (
    visit_id uuid NOT NULL REFERENCES visit (id),
    revision integer NOT NULL CHECK (revision >= 0),
    shopper_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    latitude double precision,
    longitude double precision,
    accuracy_m integer,
    flags integer NOT NULL,
    weight text CHECK (weight IN ('low', 'medium', 'high')),
    looked_at timestamptz,
    salt bytea,
    sealed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (visit_id, revision)
);
INSERT INTO look_at_revision (visit_id, revision, shopper_id, started_at, ended_at, latitude, longitude, accuracy_m, flags,
        weight, looked_at, salt, sealed)
    SELECT visit_id, 0, shopper_id, started_at, ended_at, latitude, longitude, accuracy_m, flags, weight, looked_at, salt, sealed
    FROM trust_look;

CREATE TABLE flag_of_revision (
    visit_id uuid NOT NULL,
    revision integer NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    weight text NOT NULL CHECK (weight IN ('low', 'medium', 'high')),
    evidence jsonb NOT NULL,
    question text,
    other_visit_id uuid,
    PRIMARY KEY (visit_id, revision, number),
    FOREIGN KEY (visit_id, revision) REFERENCES look_at_revision (visit_id, revision)
);
INSERT INTO flag_of_revision (visit_id, revision, number, kind, weight, evidence, question, other_visit_id)
    SELECT visit_id, 0, number, kind, weight, evidence, question, other_visit_id FROM trust_flag;

-- The digests of texts are of a visit in all its revisions.
CREATE TABLE text_band_of_visit (
    hash bigint NOT NULL,
    visit_id uuid NOT NULL REFERENCES visit (id),
    PRIMARY KEY (hash, visit_id)
);
INSERT INTO text_band_of_visit (hash, visit_id) SELECT hash, visit_id FROM visit_text_band;

DROP TABLE visit_text_band;
DROP TABLE trust_flag;
DROP TABLE trust_look;
ALTER TABLE look_at_revision RENAME TO trust_look;
ALTER TABLE flag_of_revision RENAME TO trust_flag;
ALTER TABLE text_band_of_visit RENAME TO visit_text_band;
CREATE INDEX trust_look_shopper ON trust_look (shopper_id, started_at);
CREATE INDEX trust_look_unsealed ON trust_look (visit_id) WHERE looked_at IS NOT NULL AND NOT sealed;
