-- A job is deleted when it is done; one that failed too often stays, dead, for a person to look at.
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
CREATE INDEX job_due ON job (dead, run_at);
