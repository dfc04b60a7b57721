-- What somebody wants to read of a place again and again. A change adds a row, and the one with the highest revision counts.
CREATE TABLE digest (
    -- Of this row; what people know the digest by is digest_id.
    id uuid PRIMARY KEY NOT NULL,
    digest_id uuid NOT NULL,
    revision bigint NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    place_id uuid NOT NULL,
    -- For whom it is.
    account_id uuid NOT NULL REFERENCES account (id),
    -- Of which months, and when.
    content jsonb NOT NULL,
    is_deleted boolean NOT NULL,
    changed_by uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (digest_id, revision)
);
CREATE INDEX digest_account ON digest (account_id, digest_id);
CREATE INDEX digest_brand ON digest (brand_id, digest_id);
CREATE INDEX digest_unsealed ON digest (changed_at, id) WHERE NOT sealed;

-- What a digest said at one of its moments; without content if the account did not see the place then.
CREATE TABLE digest_issue (
    id uuid PRIMARY KEY NOT NULL,
    digest_id uuid NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    account_id uuid NOT NULL REFERENCES account (id),
    -- By whose figures it is; none without content.
    reader text CHECK (reader IN ('desk', 'branch_side')),
    due_at timestamptz NOT NULL,
    issued_at timestamptz NOT NULL,
    content jsonb,
    sealed boolean NOT NULL DEFAULT false,
    CHECK ((reader IS NULL) = (content IS NULL)),
    UNIQUE (digest_id, due_at)
);
CREATE INDEX digest_issue_unsealed ON digest_issue (issued_at, id) WHERE NOT sealed;
