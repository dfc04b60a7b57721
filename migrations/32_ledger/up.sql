-- What was acknowledged, appended in batches that are chained and signed, a chain for each brand and one for what belongs
-- to none. A batch is never changed and never deleted.
CREATE TABLE ledger_batch (
    brand_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    sealed_at timestamptz NOT NULL,
    entries bytea NOT NULL,
    seal text NOT NULL,
    PRIMARY KEY (brand_id, number)
);

-- 0: nothing of it is in the ledger yet; 1: its arrival is; 2: so is its completion.
ALTER TABLE visit ADD COLUMN sealed integer NOT NULL DEFAULT 0;
CREATE INDEX visit_unsealed ON visit (received_at, id)
    WHERE sealed = 0 OR (sealed = 1 AND completed_at IS NOT NULL);

-- What a visit scored before it was sent anew, and whether it is in the ledger what took its place.
ALTER TABLE visit_before ADD COLUMN score integer;
ALTER TABLE visit_before ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX visit_before_unsealed ON visit_before (visit_id, replaced_at) WHERE NOT sealed;

-- The salt of what may have to be erased, or the digest that is left of it.
ALTER TABLE visit_step ADD COLUMN salt bytea;
ALTER TABLE visit_step ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX visit_step_unsealed ON visit_step (visit_id, number) WHERE NOT sealed;

ALTER TABLE clean_copy ADD COLUMN salt bytea;
ALTER TABLE clean_copy ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX clean_copy_unsealed ON clean_copy (evidence_id) WHERE NOT sealed;

ALTER TABLE checklist_version ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX checklist_version_unsealed ON checklist_version (id) WHERE NOT sealed;

ALTER TABLE event ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX event_unsealed ON event (at, id) WHERE NOT sealed;

ALTER TABLE access_grant ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX access_grant_unsealed ON access_grant (id) WHERE NOT sealed;

-- A key that is kept under a secret outside of this database is called so; sealed is what is in the ledger.
ALTER TABLE server_key RENAME COLUMN sealed TO under_secret;
ALTER TABLE server_key ADD COLUMN sealed boolean NOT NULL DEFAULT false;
