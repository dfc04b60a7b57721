-- A key that is kept under a secret cannot be read by what came before.
CREATE TABLE key_without_purpose (
    id uuid PRIMARY KEY NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('signing', 'sealing')),
    material bytea NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO key_without_purpose (id, purpose, material, created_at)
    SELECT id, CASE WHEN purpose = 'receipts' THEN 'signing' ELSE purpose END, material, created_at FROM server_key
    WHERE purpose <> 'tokens';
DROP TABLE server_key;
ALTER TABLE key_without_purpose RENAME TO server_key;
