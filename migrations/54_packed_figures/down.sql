-- The sums are not taken along: they follow from the visits, and are made of them when this is applied again.
DROP TABLE shown_figure;
DROP TABLE figure_change;
DROP TABLE figure;
DROP TABLE subject;
CREATE TABLE rollup (
    place_id uuid NOT NULL,
    subject text NOT NULL,
    month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    changes bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (place_id, subject, month)
);
CREATE INDEX rollup_ranking
    ON rollup (brand_id, place_kind, subject, place_id, month, visits, total, total_squares);
CREATE TABLE released_rollup (
    place_id uuid NOT NULL,
    subject text NOT NULL,
    month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    changes bigint NOT NULL,
    PRIMARY KEY (place_id, subject, month)
);
CREATE INDEX released_rollup_branches ON released_rollup (brand_id, subject, place_id);
CREATE TABLE shown_figure (
    place_id uuid NOT NULL,
    subject text NOT NULL,
    from_month integer NOT NULL,
    to_month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    known bigint NOT NULL,
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    changes bigint,
    PRIMARY KEY (place_id, subject, from_month, to_month)
);
CREATE INDEX shown_figure_ranking ON shown_figure
    (brand_id, place_kind, subject, place_id, from_month, to_month, known, visits, total, total_squares);
