-- The first two statements hold both tables until the contents are copied.
ALTER TABLE visit_content RENAME TO visit_content_before;
ALTER TABLE visit ADD COLUMN content jsonb NOT NULL DEFAULT '{}';
ALTER TABLE visit ADD COLUMN parts jsonb;
UPDATE visit SET
    content = COALESCE((SELECT json(visit_content_before.content) FROM visit_content_before WHERE visit_content_before.visit_id = visit.id), '{}'),
    parts = (SELECT json(visit_content_before.parts) FROM visit_content_before WHERE visit_content_before.visit_id = visit.id);
DROP TABLE visit_content_before;
