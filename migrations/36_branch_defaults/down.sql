ALTER TABLE region DROP COLUMN branch_defaults;
ALTER TABLE brand DROP COLUMN branch_defaults;
