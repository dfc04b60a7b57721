CREATE TABLE job (
    id uuid PRIMARY KEY NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    run_at timestamptz NOT NULL,
    leased_until timestamptz,
    attempts integer NOT NULL,
    last_error text,
    dead boolean NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO job (id, kind, payload, run_at, attempts, last_error, dead, created_at)
    SELECT id, kind, payload, run_at, attempts, last_error, dead, created_at FROM task;
DROP TABLE task;
CREATE INDEX job_due ON job (dead, run_at);
