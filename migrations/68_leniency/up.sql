-- How leniently each shopper of a brand scores, as the visits of 24 months say. A night that changes it adds a line; a line never changes.
CREATE TABLE leniency (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    number bigint NOT NULL,
    -- What was found of each shopper, of which months, and the digest of what it was computed from.
    found jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (brand_id, number)
);
CREATE INDEX leniency_unsealed ON leniency (id) WHERE NOT sealed;
