-- That somebody has looked at a visit for what may be wrong with it, and the little that later looks need to know of it.
-- It is there without looked_at from the moment at which later looks can find the visit.
CREATE TABLE trust_look (
    visit_id uuid PRIMARY KEY NOT NULL REFERENCES visit (id),
    shopper_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    latitude double precision,
    longitude double precision,
    accuracy_m integer,
    flags integer NOT NULL,
    weight text CHECK (weight IN ('low', 'medium', 'high')),
    looked_at timestamptz
);
CREATE INDEX trust_look_shopper ON trust_look (shopper_id, started_at);

CREATE TABLE trust_flag (
    visit_id uuid NOT NULL REFERENCES trust_look (visit_id),
    number integer NOT NULL,
    kind text NOT NULL,
    weight text NOT NULL CHECK (weight IN ('low', 'medium', 'high')),
    evidence jsonb NOT NULL,
    question text,
    other_visit_id uuid,
    PRIMARY KEY (visit_id, number)
);

-- The four quarters of how a photo looks: two photos that look alike have one in common, or nearly so.
CREATE TABLE photo_look (
    evidence_id uuid PRIMARY KEY NOT NULL REFERENCES evidence (id),
    a integer NOT NULL,
    b integer NOT NULL,
    c integer NOT NULL,
    d integer NOT NULL
);
CREATE INDEX photo_look_a ON photo_look (a);
CREATE INDEX photo_look_b ON photo_look (b);
CREATE INDEX photo_look_c ON photo_look (c);
CREATE INDEX photo_look_d ON photo_look (d);

-- Short digests of what shoppers wrote: two texts with much in common have one of them in common.
CREATE TABLE visit_text_band (
    hash bigint NOT NULL,
    visit_id uuid NOT NULL REFERENCES trust_look (visit_id),
    PRIMARY KEY (hash, visit_id)
);
