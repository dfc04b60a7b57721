DROP TABLE leaving_blob;
DROP INDEX clean_copy_thumbnail;
DROP INDEX clean_copy_sha256;
DROP INDEX evidence_waiting;
DROP INDEX evidence_assignment;
ALTER TABLE evidence DROP COLUMN visit_came;
ALTER TABLE evidence DROP COLUMN assignment_id;
