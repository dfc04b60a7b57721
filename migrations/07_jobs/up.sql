CREATE TABLE job (
    id uuid PRIMARY KEY NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    last_error text,
    dead boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX job_due ON job (dead, run_at);
