-- What is taken for a branch where a file does not say it.
ALTER TABLE brand ADD COLUMN branch_defaults jsonb NOT NULL DEFAULT '{}';
ALTER TABLE region ADD COLUMN branch_defaults jsonb NOT NULL DEFAULT '{}';
