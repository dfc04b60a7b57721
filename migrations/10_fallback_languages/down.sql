ALTER TABLE brand DROP COLUMN fallback_languages;
