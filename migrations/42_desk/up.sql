-- By what reviewers find a visit in their queue. Until when it is to be decided about: of what is here already, since it came.
ALTER TABLE visit ADD COLUMN review_due_at timestamptz;
UPDATE visit SET review_due_at = received_at;
-- What its heaviest flag weighs: 0 high, 1 medium, 2 low, 3 none, or not looked at yet.
ALTER TABLE visit ADD COLUMN review_rank integer NOT NULL DEFAULT 3 CHECK (review_rank BETWEEN 0 AND 3);
UPDATE visit SET review_rank = CASE (SELECT weight FROM trust_look WHERE trust_look.visit_id = visit.id AND looked_at IS NOT NULL)
    WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END;
-- In which language its shopper wrote, as far as that is known.
ALTER TABLE visit ADD COLUMN language text;
-- Which reviewer claimed it last, and when; none since it was given back or decided about.
ALTER TABLE visit ADD COLUMN claimed_by uuid;
ALTER TABLE visit ADD COLUMN claimed_at timestamptz;
UPDATE visit SET
    claimed_by = (SELECT account_id FROM visit_step WHERE visit_id = visit.id AND step = 'claim' ORDER BY number DESC LIMIT 1),
    claimed_at = (SELECT taken_at FROM visit_step WHERE visit_id = visit.id AND step = 'claim' ORDER BY number DESC LIMIT 1)
    WHERE state = 'in_review';

CREATE INDEX visit_queue_brand ON visit (brand_id, received_at, id) WHERE state IN ('complete', 'in_review');
CREATE INDEX visit_queue_rank ON visit (review_rank, received_at, id) WHERE state IN ('complete', 'in_review');
CREATE INDEX visit_queue_due ON visit (review_due_at, id) WHERE state IN ('complete', 'in_review');
CREATE INDEX visit_queue_language ON visit (language, received_at, id)
    WHERE language IS NOT NULL AND state IN ('complete', 'in_review');
-- The list of all visits by their scores.
CREATE INDEX visit_score ON visit (score, received_at, id) WHERE score IS NOT NULL;
CREATE INDEX visit_claimed ON visit (claimed_by, received_at, id) WHERE claimed_by IS NOT NULL;

-- Which kinds of flags a visit has that waits for a decision. It is emptied when the visit is decided about, so that rare
-- kinds are found among what waits.
CREATE TABLE waiting_flag (
    kind text NOT NULL,
    visit_id uuid NOT NULL REFERENCES visit (id),
    PRIMARY KEY (kind, visit_id)
);
CREATE INDEX waiting_flag_visit ON waiting_flag (visit_id);
INSERT INTO waiting_flag (kind, visit_id)
    SELECT DISTINCT trust_flag.kind, trust_flag.visit_id FROM trust_flag
    JOIN visit ON visit.id = trust_flag.visit_id WHERE visit.state IN ('complete', 'in_review');

-- How far each shopper can be relied on, in basis points, as it was reckoned last.
CREATE TABLE shopper_rating (
    account_id uuid PRIMARY KEY NOT NULL REFERENCES account (id),
    rating integer NOT NULL CHECK (rating BETWEEN 0 AND 10000),
    rated_at timestamptz NOT NULL
);

-- What reviewers write about visits for one another.
CREATE TABLE review_note (
    id uuid PRIMARY KEY NOT NULL,
    visit_id uuid NOT NULL REFERENCES visit (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    author_id uuid NOT NULL REFERENCES account (id),
    text text NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    salt bytea,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX review_note_visit ON review_note (visit_id, created_at, id);
CREATE INDEX review_note_unsealed ON review_note (id) WHERE sealed <> revision;

-- Whether a visit without flags waits for the lot by which its campaign has such visits approved.
ALTER TABLE visit ADD COLUMN to_be_drawn boolean NOT NULL DEFAULT false;
CREATE INDEX visit_to_be_drawn ON visit (received_at, id) WHERE to_be_drawn;

-- What a second reviewer finds of a visit without knowing what the first one found. It has a state once it was given.
CREATE TABLE second_opinion (
    visit_id uuid PRIMARY KEY NOT NULL REFERENCES visit (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    first_state text NOT NULL CHECK (first_state IN ('approved', 'rejected', 'excluded')),
    first_reviewer_id uuid REFERENCES account (id),
    reviewer_id uuid REFERENCES account (id),
    state text CHECK (state IN ('approved', 'rejected', 'excluded')),
    reason text,
    given_at timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    salt bytea,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX second_opinion_wanted ON second_opinion (created_at, visit_id) WHERE state IS NULL;
CREATE INDEX second_opinion_given ON second_opinion (brand_id, given_at, visit_id) WHERE state IS NOT NULL;
CREATE INDEX second_opinion_unsealed ON second_opinion (visit_id) WHERE sealed <> revision;
