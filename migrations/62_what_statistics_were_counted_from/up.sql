-- What was counted of the visits of a night for the numbers that a brand lends: so they can be computed again when the visits have changed. Lines
-- that were made before have none.
ALTER TABLE brand_statistics ADD COLUMN counts jsonb;
