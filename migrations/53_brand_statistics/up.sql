-- The numbers that a brand lends to its places, so that a few visits to one place are judged by how the visits to all places scatter. A night
-- that changes a number adds a line; a line never changes.
CREATE TABLE brand_statistics (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    number bigint NOT NULL,
    -- How often shoppers come again and how much alike their visits are, and of each subject the variance within branches.
    terms jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (brand_id, number)
);
CREATE INDEX brand_statistics_unsealed ON brand_statistics (id) WHERE NOT sealed;
