-- Which languages a brand's people would rather have than none of those that they wish for, the best first.
ALTER TABLE brand ADD COLUMN fallback_languages jsonb NOT NULL DEFAULT '[]';
