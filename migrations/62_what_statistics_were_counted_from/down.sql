ALTER TABLE brand_statistics DROP COLUMN counts;
