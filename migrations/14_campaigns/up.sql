CREATE TABLE campaign (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL,
    version_id uuid NOT NULL,
    name text NOT NULL,
    terms jsonb NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (version_id, brand_id) REFERENCES checklist_version (id, brand_id)
);
CREATE INDEX campaign_brand ON campaign (brand_id, created_at);

-- Nobody has to have it: SQLite cannot take NOT NULL off a column, so there is a new one in its place.
ALTER TABLE assignment ADD COLUMN given_to uuid REFERENCES account (id);
UPDATE assignment SET given_to = shopper_id;
DROP INDEX assignment_shopper;
ALTER TABLE assignment DROP COLUMN shopper_id;
ALTER TABLE assignment RENAME COLUMN given_to TO shopper_id;
CREATE INDEX assignment_shopper ON assignment (shopper_id, closes_at);

ALTER TABLE assignment ADD COLUMN campaign_id uuid REFERENCES campaign (id);
-- Which of the visits that the campaign wants from the branch, and which try at it this is.
ALTER TABLE assignment ADD COLUMN number integer CHECK (number > 0);
ALTER TABLE assignment ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0);
ALTER TABLE assignment ADD COLUMN state text NOT NULL DEFAULT 'assigned' CHECK (
    (state = 'open' AND shopper_id IS NULL) OR (state IN ('offered', 'assigned') AND shopper_id IS NOT NULL)
    OR state IN ('cancelled', 'expired'));
ALTER TABLE assignment ADD COLUMN answer_by timestamptz;
ALTER TABLE assignment ADD COLUMN submit_by timestamptz;
-- When the clock has to look at it; never, if there is nothing.
ALTER TABLE assignment ADD COLUMN due_at timestamptz;
ALTER TABLE assignment ADD COLUMN pay jsonb;
CREATE UNIQUE INDEX assignment_slot ON assignment (campaign_id, branch_id, number, attempt);
CREATE INDEX assignment_open ON assignment (brand_id, closes_at) WHERE state = 'open';
CREATE INDEX assignment_due ON assignment (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE assignment_step (
    assignment_id uuid NOT NULL REFERENCES assignment (id),
    number integer NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    -- Whom it concerned; and who did it, the clock if nobody.
    shopper_id uuid REFERENCES account (id),
    account_id uuid REFERENCES account (id),
    reason text,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (assignment_id, number)
);
CREATE INDEX assignment_step_shopper ON assignment_step (shopper_id, taken_at);
