-- What proved somebody's rights before one of these was counted proves them no more: the epoch counts new passwords and
-- disablings, the version of grants all that an account was given and lost.
ALTER TABLE account ADD COLUMN epoch bigint NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN grants_version bigint NOT NULL DEFAULT 1;
