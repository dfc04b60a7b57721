-- How often a visit was counted in a sum, or taken out again.
ALTER TABLE rollup ADD COLUMN changes bigint NOT NULL DEFAULT 0;
-- What managers and HR are shown of some months on end of a place, as it was made last: how many visits the months have that
-- are over, and the sums of those that make a figure. `changes` is a branch's alone, and says of a span how often its visits had
-- changed when they were taken up.
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
-- Rankings read what is shown from the index alone.
CREATE INDEX shown_figure_ranking ON shown_figure
    (brand_id, place_kind, subject, place_id, from_month, to_month, known, visits, total, total_squares);
