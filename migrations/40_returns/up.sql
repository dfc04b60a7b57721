-- Why visits are sent back: the operator's list, in its languages.
CREATE TABLE return_reason (
    id uuid PRIMARY KEY NOT NULL,
    texts jsonb NOT NULL,
    retired boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX return_reason_unsealed ON return_reason (id) WHERE sealed < revision;

-- Which revision of a visit is kept in its row (0 is what came first), and since when; and until when a return is to be
-- answered.
ALTER TABLE visit ADD COLUMN revision integer NOT NULL DEFAULT 0;
ALTER TABLE visit ADD COLUMN revised_at timestamptz;
ALTER TABLE visit ADD COLUMN answer_by timestamptz;
CREATE INDEX visit_returned ON visit (answer_by, id) WHERE state = 'returned';
