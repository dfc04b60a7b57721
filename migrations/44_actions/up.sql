-- What is to be done where a standard is missed: with an owner, a day, a proof and a state.
CREATE TABLE action (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    branch_id uuid NOT NULL REFERENCES branch (id),
    standard_id uuid REFERENCES standard (id),
    title text NOT NULL,
    -- The one or the other.
    owner_account_id uuid REFERENCES account (id),
    owner_employee_id uuid REFERENCES employee (id),
    -- A day as 2026-11-22: in the order of texts days are in theirs.
    due_on text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'done', 'confirmed', 'dropped')),
    proof text,
    -- Who said that it is done: another one confirms it.
    done_by uuid REFERENCES account (id),
    created_by uuid NOT NULL REFERENCES account (id),
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    salt bytea,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX action_branch ON action (branch_id, created_at, id);
CREATE INDEX action_due ON action (due_on, id) WHERE state = 'open';
CREATE INDEX action_unsealed ON action (id) WHERE sealed <> revision;

-- What is said about it; never changed.
CREATE TABLE action_comment (
    id uuid PRIMARY KEY NOT NULL,
    action_id uuid NOT NULL REFERENCES action (id),
    account_id uuid NOT NULL REFERENCES account (id),
    text text,
    made_at timestamptz NOT NULL,
    salt bytea,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX action_comment_action ON action_comment (action_id, made_at, id);
CREATE INDEX action_comment_unsealed ON action_comment (made_at, id) WHERE NOT sealed;
