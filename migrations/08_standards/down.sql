ALTER TABLE checklist_version DROP COLUMN bindings;
DROP TABLE standard_version;
DROP TABLE standard;
DROP TABLE dimension;
