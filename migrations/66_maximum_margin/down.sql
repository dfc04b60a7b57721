-- What was sealed with it is sealed anew without it.
UPDATE brand SET revision = revision + 1 WHERE maximum_margin IS NOT NULL;
ALTER TABLE brand DROP COLUMN maximum_margin;
