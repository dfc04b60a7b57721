CREATE TABLE server_key (
    id uuid PRIMARY KEY NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('signing', 'sealing')),
    material bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE account (
    id uuid PRIMARY KEY NOT NULL,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    language text NOT NULL,
    password_hash text,
    disabled boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL
);

-- No brand: the whole operator. A brand alone: all of it. A region or a branch: that part of the brand.
CREATE TABLE access_grant (
    id uuid PRIMARY KEY NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    role text NOT NULL CHECK (role IN ('shopper', 'scheduler', 'designer', 'reviewer', 'manager', 'hr', 'administrator', 'auditor')),
    brand_id uuid REFERENCES brand (id),
    region_id uuid,
    branch_id uuid,
    created_at timestamptz NOT NULL,
    CHECK (region_id IS NULL OR branch_id IS NULL),
    CHECK (brand_id IS NOT NULL OR (region_id IS NULL AND branch_id IS NULL)),
    FOREIGN KEY (region_id, brand_id) REFERENCES region (id, brand_id),
    FOREIGN KEY (branch_id, brand_id) REFERENCES branch (id, brand_id)
);
CREATE INDEX access_grant_account ON access_grant (account_id);

CREATE TABLE session (
    id uuid PRIMARY KEY NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE refresh_token (
    id uuid PRIMARY KEY NOT NULL,
    session_id uuid NOT NULL REFERENCES session (id),
    parent_id uuid,
    issued_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
