ALTER TABLE brand DROP COLUMN recognition;
UPDATE brand SET revision = revision + 1;
