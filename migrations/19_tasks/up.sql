-- Background work is called a task: the board has jobs. A task is deleted when it is done; one that failed too often
-- stays, dead, for an administrator.
CREATE TABLE task (
    id uuid PRIMARY KEY NOT NULL,
    kind text NOT NULL,
    queue text NOT NULL,
    priority integer NOT NULL CHECK (priority BETWEEN 0 AND 2),
    -- What it is about: tasks of a queue with the same subject run one after the other, in the order of their places.
    subject text,
    place bigint NOT NULL,
    -- What it would do: a second one of its kind with the same key is not added while the first waits.
    key text,
    payload jsonb NOT NULL,
    run_at timestamptz NOT NULL,
    -- Who runs it, and until when it is theirs.
    lease uuid,
    leased_until timestamptz,
    attempts integer NOT NULL,
    last_error text,
    dead boolean NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO task (id, kind, queue, priority, place, payload, run_at, attempts, last_error, dead, created_at)
    SELECT id, kind, kind, 1, 0, payload, run_at, attempts, last_error, dead, created_at FROM job;
DROP TABLE job;
CREATE INDEX task_due ON task (queue, dead, priority, run_at);
CREATE INDEX task_subject ON task (queue, subject, place) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX task_key ON task (kind, key) WHERE key IS NOT NULL AND lease IS NULL AND NOT dead;
CREATE INDEX task_dead ON task (created_at, id) WHERE dead;
