ALTER TABLE visit_before DROP COLUMN parts;
ALTER TABLE visit DROP COLUMN parts;
