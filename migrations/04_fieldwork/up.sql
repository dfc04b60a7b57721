CREATE TABLE assignment (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    version_id uuid NOT NULL,
    shopper_id uuid NOT NULL REFERENCES account (id),
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (opens_at < closes_at),
    FOREIGN KEY (branch_id, brand_id) REFERENCES branch (id, brand_id),
    FOREIGN KEY (version_id, brand_id) REFERENCES checklist_version (id, brand_id)
);
CREATE INDEX assignment_shopper ON assignment (shopper_id, closes_at);
CREATE INDEX assignment_brand ON assignment (brand_id, created_at);
