-- What a shopper must have shown to be able to do, and the test that shows it, if there is one.
CREATE TABLE qualification (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    name text NOT NULL,
    version_id uuid,
    pass_mark integer CHECK (pass_mark BETWEEN 1 AND 10000),
    valid_days integer CHECK (valid_days > 0),
    most_attempts integer NOT NULL CHECK (most_attempts > 0),
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((version_id IS NULL) = (pass_mark IS NULL)),
    FOREIGN KEY (version_id, brand_id) REFERENCES checklist_version (id, brand_id)
);
CREATE INDEX qualification_brand ON qualification (brand_id, id);

CREATE TABLE certificate (
    id uuid PRIMARY KEY NOT NULL,
    qualification_id uuid NOT NULL REFERENCES qualification (id),
    shopper_id uuid NOT NULL REFERENCES account (id),
    source text NOT NULL CHECK (source IN ('test', 'scheduler')),
    granted_by uuid REFERENCES account (id),
    note text,
    valid_from timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((source = 'scheduler') = (granted_by IS NOT NULL))
);
CREATE INDEX certificate_shopper ON certificate (shopper_id, qualification_id);
CREATE INDEX certificate_qualification ON certificate (qualification_id, id);

-- Nothing here ever changes: what was answered was scored under this version.
CREATE TABLE qualification_attempt (
    id uuid PRIMARY KEY NOT NULL,
    qualification_id uuid NOT NULL REFERENCES qualification (id),
    shopper_id uuid NOT NULL REFERENCES account (id),
    version_id uuid NOT NULL REFERENCES checklist_version (id),
    answers jsonb NOT NULL,
    score integer CHECK (score BETWEEN 0 AND 10000),
    passed boolean NOT NULL,
    certificate_id uuid REFERENCES certificate (id),
    taken_at timestamptz NOT NULL,
    CHECK (passed = (certificate_id IS NOT NULL))
);
CREATE INDEX qualification_attempt_shopper ON qualification_attempt (shopper_id, taken_at, qualification_id);
