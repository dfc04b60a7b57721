-- Tokens and receipts have keys of their own. What signed both signs receipts from now on, so that those that it signed stay
-- good; a new key is made for tokens at the next start. A key may be kept under a secret that is not in this database.
CREATE TABLE key_with_purpose (
    id uuid PRIMARY KEY NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('tokens', 'receipts', 'sealing')),
    material bytea NOT NULL,
    created_at timestamptz NOT NULL,
    under_secret boolean NOT NULL
);
INSERT INTO key_with_purpose (id, purpose, material, created_at, under_secret)
    SELECT id, CASE WHEN purpose = 'signing' THEN 'receipts' ELSE purpose END, material, created_at, false FROM server_key;
DROP TABLE server_key;
ALTER TABLE key_with_purpose RENAME TO server_key;
