-- Who did what, and who looked at a shopper's identity: appended in the transaction of what it records, never changed and
-- never deleted. It holds ids and codes, and no names.
CREATE TABLE audit (
    id uuid PRIMARY KEY NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    subject_id uuid,
    brand_id uuid,
    -- None for the clock and the command line.
    account_id uuid REFERENCES account (id),
    details jsonb NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_kind ON audit (kind, at, id);
CREATE INDEX audit_subject ON audit (subject_id, at, id);
CREATE INDEX audit_brand ON audit (brand_id, at, id);
CREATE INDEX audit_account ON audit (account_id, at, id);
CREATE INDEX audit_unsealed ON audit (at, id) WHERE NOT sealed;
