-- Addresses under which one chart is shown to whoever has the address, in the name of an account.
CREATE TABLE chart_link (
    id uuid PRIMARY KEY NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    -- The epoch that the account was in: a new password ends the link.
    epoch bigint NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    place_id uuid NOT NULL,
    figure text NOT NULL CHECK (figure IN ('trend', 'ranking', 'heatmap')),
    -- The parameters of the figure, as they stand in an address.
    query text NOT NULL,
    language text NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX chart_link_account ON chart_link (account_id, id);
CREATE INDEX chart_link_brand ON chart_link (brand_id, id);
CREATE INDEX chart_link_unsealed ON chart_link (id) WHERE sealed <> revision;
