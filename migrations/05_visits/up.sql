CREATE TABLE visit (
    id uuid PRIMARY KEY NOT NULL,
    assignment_id uuid NOT NULL UNIQUE REFERENCES assignment (id),
    brand_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    version_id uuid NOT NULL,
    shopper_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('submitted', 'complete', 'in_review', 'returned', 'approved', 'rejected', 'released', 'final')),
    content jsonb NOT NULL,
    content_hash bytea NOT NULL,
    score integer CHECK (score BETWEEN 0 AND 10000),
    month integer NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX visit_queue ON visit (received_at, id) WHERE state IN ('complete', 'in_review');

CREATE TABLE visit_step (
    visit_id uuid NOT NULL REFERENCES visit (id),
    number integer NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    account_id uuid NOT NULL REFERENCES account (id),
    reason text,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (visit_id, number)
);
