DROP INDEX visit_unnoticed;
ALTER TABLE visit DROP COLUMN noticed_at;
DROP TABLE event_tail;
DROP TABLE event;
