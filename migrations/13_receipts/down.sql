UPDATE visit SET state = 'complete' WHERE state = 'submitted';
ALTER TABLE visit DROP COLUMN completed_at;
