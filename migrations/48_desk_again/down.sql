-- Of each visit the first look stays.
CREATE TABLE one_look (
    visit_id uuid PRIMARY KEY NOT NULL REFERENCES visit (id),
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
    sealed boolean NOT NULL DEFAULT false
);
INSERT INTO one_look (visit_id, shopper_id, started_at, ended_at, latitude, longitude, accuracy_m, flags, weight, looked_at,
        salt, sealed)
    SELECT visit_id, shopper_id, started_at, ended_at, latitude, longitude, accuracy_m, flags, weight, looked_at, salt, sealed
    FROM trust_look
    WHERE revision = (SELECT MIN(first.revision) FROM trust_look AS first WHERE first.visit_id = trust_look.visit_id);

CREATE TABLE one_flag (
    visit_id uuid NOT NULL REFERENCES one_look (visit_id),
    number integer NOT NULL,
    kind text NOT NULL,
    weight text NOT NULL CHECK (weight IN ('low', 'medium', 'high')),
    evidence jsonb NOT NULL,
    question text,
    other_visit_id uuid,
    PRIMARY KEY (visit_id, number)
);
INSERT INTO one_flag (visit_id, number, kind, weight, evidence, question, other_visit_id)
    SELECT visit_id, number, kind, weight, evidence, question, other_visit_id FROM trust_flag
    WHERE revision = (SELECT MIN(first.revision) FROM trust_look AS first WHERE first.visit_id = trust_flag.visit_id);

CREATE TABLE one_band (
    hash bigint NOT NULL,
    visit_id uuid NOT NULL REFERENCES one_look (visit_id),
    PRIMARY KEY (hash, visit_id)
);
INSERT INTO one_band (hash, visit_id)
    SELECT hash, visit_id FROM visit_text_band WHERE visit_id IN (SELECT visit_id FROM one_look);

DROP TABLE visit_text_band;
DROP TABLE trust_flag;
DROP TABLE trust_look;
ALTER TABLE one_look RENAME TO trust_look;
ALTER TABLE one_flag RENAME TO trust_flag;
ALTER TABLE one_band RENAME TO visit_text_band;
CREATE INDEX trust_look_shopper ON trust_look (shopper_id, started_at);
CREATE INDEX trust_look_unsealed ON trust_look (visit_id) WHERE looked_at IS NOT NULL AND NOT sealed;
