-- What stands in a visit's digest in place of what may have to be erased: a salt for each part that is here, a digest for
-- each that went. Visits that arrived before have none: their digest is of their content as it was written.
ALTER TABLE visit ADD COLUMN parts jsonb;
ALTER TABLE visit_before ADD COLUMN parts jsonb;
