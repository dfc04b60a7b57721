-- Figures of all subjects: one row of a place and a month holds the sums of all of them. They are made of the visits when the server starts next, as
-- long as the subjects of a brand have no numbers.

-- What figures are about: sections, dimensions, standards, questions, options and so on, each with a number by which packed sums name it.
CREATE TABLE subject (
    brand_id uuid NOT NULL REFERENCES brand (id),
    number integer NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (brand_id, number),
    UNIQUE (brand_id, name)
);

-- Exact sums of visits' scores (basis points) for one place and month (202611 is November 2026): those that count for desks, and of
-- branches those that count for the branch's side. Whole visits have columns of their own; `parts` has the other subjects.
CREATE TABLE figure (
    place_id uuid NOT NULL,
    reader text NOT NULL CHECK (reader IN ('desk', 'branch_side')),
    month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    parts bytea NOT NULL,
    PRIMARY KEY (place_id, reader, month)
);
-- Rankings read the sums from the index alone.
CREATE INDEX figure_ranking
    ON figure (brand_id, reader, place_kind, place_id, month, visits, total, total_squares);

-- What visits have added to figures and taken out of them since changes were folded in last: each is a row of its own, which nobody else writes. It
-- has no references, which would have each decision touch the row of its brand.
CREATE TABLE figure_change (
    id uuid PRIMARY KEY NOT NULL,
    reader text NOT NULL CHECK (reader IN ('desk', 'branch_side')),
    month integer NOT NULL,
    brand_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    parts bytea NOT NULL
);
CREATE INDEX figure_change_branch ON figure_change (branch_id, reader, month);
CREATE INDEX figure_change_brand ON figure_change (brand_id, reader, month);

DROP TABLE rollup;
DROP TABLE released_rollup;

-- What managers and HR are shown of some months on end of a place, as it was made last, of all subjects.
DROP TABLE shown_figure;
CREATE TABLE shown_figure (
    place_id uuid NOT NULL,
    from_month integer NOT NULL,
    to_month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    known bigint NOT NULL,
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    changes bigint,
    parts bytea NOT NULL,
    PRIMARY KEY (place_id, from_month, to_month)
);
CREATE INDEX shown_figure_ranking ON shown_figure
    (brand_id, place_kind, place_id, from_month, to_month, known, visits, total, total_squares);
