-- Since when a place is retired, and with which region it retired, if it did not by itself. A planned move: from which month on, and to
-- which region (directly under the brand if there is none).
ALTER TABLE region ADD COLUMN retired_at timestamptz;
ALTER TABLE region ADD COLUMN retired_with uuid;
ALTER TABLE region ADD COLUMN moves_from integer;
ALTER TABLE region ADD COLUMN moves_to uuid;
CREATE INDEX region_moves ON region (moves_from) WHERE moves_from IS NOT NULL;
ALTER TABLE branch ADD COLUMN retired_at timestamptz;
ALTER TABLE branch ADD COLUMN retired_with uuid;
ALTER TABLE branch ADD COLUMN moves_from integer;
ALTER TABLE branch ADD COLUMN moves_to uuid;
CREATE INDEX branch_moves ON branch (moves_from) WHERE moves_from IS NOT NULL;

-- What became of places: a row never changes.
CREATE TABLE place_step (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('region', 'branch')),
    place_id uuid NOT NULL,
    -- From 1, for each place.
    number integer NOT NULL,
    step text NOT NULL CHECK (step IN ('move', 'take_back', 'retire', 'restore')),
    -- Of a move: from which month on, and between which regions.
    from_month integer,
    from_region uuid,
    to_region uuid,
    -- Of a retirement: since when.
    retired_at timestamptz,
    -- The region that retired or was restored, and this place with it.
    with_region uuid,
    reason text NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    taken_at timestamptz NOT NULL,
    salt bytea,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (place_id, number)
);
CREATE INDEX place_step_regions ON place_step (brand_id, place_kind);
CREATE INDEX place_step_unsealed ON place_step (taken_at, id) WHERE NOT sealed;

-- Where each branch lies, however deep, from month to month (both included): made of where places are and of their moves.
CREATE TABLE stay (
    branch_id uuid NOT NULL REFERENCES branch (id),
    region_id uuid NOT NULL REFERENCES region (id),
    from_month integer NOT NULL,
    to_month integer NOT NULL,
    PRIMARY KEY (branch_id, region_id, from_month)
);
CREATE INDEX stay_region ON stay (region_id, branch_id, from_month, to_month);
INSERT INTO stay (branch_id, region_id, from_month, to_month)
    SELECT branch.id, region_above.ancestor_id, 1, 999912
    FROM branch JOIN region_above ON region_above.region_id = branch.region_id;
