-- What happened, once each: the id is made of kind, subject and step. Never changed, never deleted.
CREATE TABLE event (
    id uuid PRIMARY KEY NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    brand_id uuid,
    account_id uuid,
    at timestamptz NOT NULL,
    payload jsonb NOT NULL
);
CREATE INDEX event_order ON event (at, id);

-- The events whose consumers have not been given their tasks yet, in their order: the first of them are found at once,
-- however many events there are.
CREATE TABLE event_tail (
    at timestamptz NOT NULL,
    event_id uuid NOT NULL REFERENCES event (id),
    PRIMARY KEY (at, event_id)
);

-- A visit's completion is no event of its own, since its row says it: it is empty until that was taken notice of.
ALTER TABLE visit ADD COLUMN noticed_at timestamptz;
UPDATE visit SET noticed_at = (SELECT looked_at FROM trust_look WHERE trust_look.visit_id = visit.id);
CREATE INDEX visit_unnoticed ON visit (received_at, id)
    WHERE noticed_at IS NULL AND state IN ('complete', 'in_review');
