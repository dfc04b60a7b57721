ALTER TABLE visit ADD COLUMN content jsonb NOT NULL DEFAULT '{}';
ALTER TABLE visit ADD COLUMN parts jsonb;
UPDATE visit SET
    content = COALESCE((SELECT json(visit_content.content) FROM visit_content WHERE visit_content.visit_id = visit.id), '{}'),
    parts = (SELECT json(visit_content.parts) FROM visit_content WHERE visit_content.visit_id = visit.id);
DROP TABLE visit_content;
