ALTER TABLE account DROP COLUMN grants_version;
ALTER TABLE account DROP COLUMN epoch;
