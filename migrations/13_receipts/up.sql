ALTER TABLE visit ADD COLUMN completed_at timestamptz;
-- A visit that names files has none of them yet: as long as nobody has decided about it, it waits for them.
UPDATE visit SET completed_at = received_at
    WHERE NOT (CAST(content AS text) LIKE '%"manifest":[%' OR CAST(content AS text) LIKE '%"manifest": [%');
UPDATE visit SET state = 'submitted' WHERE completed_at IS NULL AND state = 'complete';
