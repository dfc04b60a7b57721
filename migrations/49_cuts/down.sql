-- Recordings are no part of reports any more.
DELETE FROM report_file WHERE media_type IS NOT NULL;
ALTER TABLE report_file DROP COLUMN media_type;
DROP TABLE cut;
