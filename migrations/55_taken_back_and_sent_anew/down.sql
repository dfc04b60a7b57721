-- Of several looks at one revision the last stays.
DELETE FROM trust_flag WHERE EXISTS (
    SELECT 1 FROM trust_look AS this
    JOIN trust_look AS later ON later.visit_id = this.visit_id AND later.revision = this.revision AND later.number > this.number
    WHERE this.visit_id = trust_flag.visit_id AND this.number = trust_flag.look
);
DELETE FROM trust_look WHERE EXISTS (
    SELECT 1 FROM trust_look AS later
    WHERE later.visit_id = trust_look.visit_id AND later.revision = trust_look.revision AND later.number > trust_look.number
);
ALTER TABLE trust_flag RENAME COLUMN look TO revision;
ALTER TABLE trust_look DROP COLUMN revision;
ALTER TABLE trust_look RENAME COLUMN number TO revision;

ALTER TABLE appeal DROP COLUMN taken_back_at;
ALTER TABLE appeal DROP COLUMN taken_back_by;
