-- How wide an interval may be before the figure counts for nothing: half of its width, in basis points. The ledger seals it with the brand's other
-- terms where there is one.
ALTER TABLE brand ADD COLUMN maximum_margin integer CHECK (maximum_margin BETWEEN 1 AND 10000);
