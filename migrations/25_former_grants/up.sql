-- Grants that were taken back: a shopper may still send what was begun under one.
CREATE TABLE former_grant (
    id uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    role text NOT NULL,
    brand_id uuid REFERENCES brand (id),
    region_id uuid,
    branch_id uuid,
    ended_at timestamptz NOT NULL,
    PRIMARY KEY (id, ended_at)
);
CREATE INDEX former_grant_account ON former_grant (account_id);
