-- How far the write-ahead log of PostgreSQL had come when an account last wrote: a replica that has not come so far is not
-- read for that account. Only servers with a replica write it.
CREATE TABLE last_write (
    account_id uuid NOT NULL PRIMARY KEY,
    position bigint NOT NULL
);
