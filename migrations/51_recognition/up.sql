-- Which lists of recognition the brand has switched on. The ledger seals it with the brand's other terms, so what is there is sealed anew.
ALTER TABLE brand ADD COLUMN recognition jsonb NOT NULL DEFAULT '{}';
UPDATE brand SET revision = revision + 1;
