ALTER TABLE campaign DROP COLUMN state;
DROP TABLE visit_before;
DROP TABLE visit_without;
DROP INDEX visit_without_files;
ALTER TABLE visit DROP COLUMN made_at;
ALTER TABLE visit DROP COLUMN anew_at;
ALTER TABLE visit DROP COLUMN files_due_at;
