-- What phones sent is kept beside the visits, so that what lists and counts visits reads short rows, and a change of a visit does not write
-- its content again. It is text: no statement looks into it. It has no reference to its visit, which is written in the same transaction:
-- PostgreSQL would lock the visit's row for each.
CREATE TABLE visit_content (
    visit_id uuid PRIMARY KEY NOT NULL,
    content text NOT NULL,
    parts text
);
INSERT INTO visit_content (visit_id, content, parts)
    SELECT id, CAST(content AS text), CAST(parts AS text) FROM visit ORDER BY id;
ALTER TABLE visit DROP COLUMN content;
ALTER TABLE visit DROP COLUMN parts;
