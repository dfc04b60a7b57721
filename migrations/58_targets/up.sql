-- What scores are to be: for one place and one subject, from a month on. A change adds a row, and the one with the highest revision counts.
CREATE TABLE target (
    -- Of this row; what people know the target by is target_id.
    id uuid PRIMARY KEY NOT NULL,
    target_id uuid NOT NULL,
    revision bigint NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    place_id uuid NOT NULL,
    -- As subjects are named in figures.
    subject text NOT NULL,
    from_month integer NOT NULL,
    to_month integer,
    -- In basis points.
    score integer NOT NULL CHECK (score BETWEEN 0 AND 10000),
    is_deleted boolean NOT NULL,
    changed_by uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (target_id, revision)
);
CREATE INDEX target_brand ON target (brand_id, place_id, subject);
CREATE INDEX target_unsealed ON target (changed_at, id) WHERE NOT sealed;
