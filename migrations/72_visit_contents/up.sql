-- What phones sent is kept beside the visits, so that what lists and counts visits reads short rows, and a change of a visit does not write
-- its content again. It is text: no statement looks into it. It has no reference to its visit, which is written in the same transaction:
-- PostgreSQL would lock the visit's row for each.
-- The first statement holds the table, so that no visit of a server of the version before arrives while contents are copied.
ALTER TABLE visit RENAME COLUMN content TO content_before;
CREATE TABLE visit_content (
    visit_id uuid PRIMARY KEY NOT NULL,
    content text NOT NULL,
    parts text
);
INSERT INTO visit_content (visit_id, content, parts)
    SELECT id, CAST(content_before AS text), CAST(parts AS text) FROM visit ORDER BY id;
ALTER TABLE visit DROP COLUMN content_before;
ALTER TABLE visit DROP COLUMN parts;
