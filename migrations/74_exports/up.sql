-- Files that somebody asked for and that are written beside the requests.
CREATE TABLE export (
    id uuid PRIMARY KEY NOT NULL,
    -- Who asked for it, and alone may have it.
    account_id uuid NOT NULL REFERENCES account (id),
    -- Of what, in which form, by which parameters, and under which grants.
    asked jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'ready', 'failed', 'expired')),
    -- How far it is, and how to go on.
    progress jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    -- When it was ready, or failed.
    ended_at timestamptz,
    -- When its file goes; when it is forgotten, if it has none.
    expires_at timestamptz NOT NULL,
    CHECK ((ended_at IS NULL) = (state IN ('waiting', 'running')))
);
CREATE INDEX export_account ON export (account_id, created_at, id);
CREATE INDEX export_expires ON export (expires_at);
