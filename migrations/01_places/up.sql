CREATE TABLE brand (
    id uuid PRIMARY KEY NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    minimum_visits integer NOT NULL CHECK (minimum_visits >= 2),
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE region (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    parent_id uuid,
    name text NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, brand_id),
    FOREIGN KEY (parent_id, brand_id) REFERENCES region (id, brand_id)
);
CREATE UNIQUE INDEX region_name ON region (brand_id, parent_id, name);
CREATE UNIQUE INDEX region_top_name ON region (brand_id, name) WHERE parent_id IS NULL;

-- Every region with each region above it, itself included (height 0).
CREATE TABLE region_above (
    region_id uuid NOT NULL REFERENCES region (id),
    ancestor_id uuid NOT NULL REFERENCES region (id),
    height integer NOT NULL,
    PRIMARY KEY (region_id, ancestor_id)
);
CREATE INDEX region_below ON region_above (ancestor_id);

CREATE TABLE branch (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    region_id uuid,
    code text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    time_zone text NOT NULL,
    languages jsonb NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, brand_id),
    UNIQUE (brand_id, code),
    FOREIGN KEY (region_id, brand_id) REFERENCES region (id, brand_id)
);
CREATE INDEX branch_region ON branch (region_id);
