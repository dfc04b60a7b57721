-- A comment as a reviewer spelled it, beside the one that the shopper sent, which stays. Rows are appended, and the last one
-- of a question counts.
CREATE TABLE visit_comment_correction (
    visit_id uuid NOT NULL REFERENCES visit (id),
    number integer NOT NULL CHECK (number > 0),
    question text NOT NULL,
    -- What was there, and what is there now; none once it was erased.
    words jsonb,
    account_id uuid NOT NULL REFERENCES account (id),
    corrected_at timestamptz NOT NULL,
    salt bytea,
    sealed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (visit_id, number)
);
CREATE INDEX visit_comment_correction_unsealed ON visit_comment_correction (visit_id, number) WHERE NOT sealed;
