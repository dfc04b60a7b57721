-- Keys by which programs read figures in the name of an account.
CREATE TABLE api_key (
    id uuid PRIMARY KEY NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('designer', 'manager', 'hr', 'administrator', 'auditor')),
    brand_id uuid REFERENCES brand (id),
    region_id uuid,
    branch_id uuid,
    -- SHA-256 of the secret, which is kept nowhere.
    hash bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    -- In whole minutes.
    used_at timestamptz,
    revoked_at timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    sealed bigint NOT NULL DEFAULT 0,
    salt bytea,
    CHECK (region_id IS NULL OR branch_id IS NULL),
    CHECK (brand_id IS NOT NULL OR (region_id IS NULL AND branch_id IS NULL)),
    FOREIGN KEY (region_id, brand_id) REFERENCES region (id, brand_id),
    FOREIGN KEY (branch_id, brand_id) REFERENCES branch (id, brand_id)
);
CREATE INDEX api_key_account ON api_key (account_id, id);
CREATE INDEX api_key_brand ON api_key (brand_id, id);
CREATE INDEX api_key_unsealed ON api_key (id) WHERE sealed <> revision;
