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

-- What can be changed is in the ledger in each of its revisions: sealed is the last one that is there, 0 if none is.
ALTER TABLE brand ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX brand_unsealed ON brand (id) WHERE sealed <> revision;
ALTER TABLE region ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX region_unsealed ON region (id) WHERE sealed <> revision;
ALTER TABLE branch ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX branch_unsealed ON branch (id) WHERE sealed <> revision;
ALTER TABLE employee ADD COLUMN salt bytea;
ALTER TABLE employee ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX employee_unsealed ON employee (id) WHERE sealed <> revision;
ALTER TABLE account ADD COLUMN salt bytea;
ALTER TABLE account ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX account_unsealed ON account (id) WHERE sealed <> revision;
ALTER TABLE shopper ADD COLUMN salt bytea;
ALTER TABLE shopper ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX shopper_unsealed ON shopper (account_id) WHERE sealed <> revision;
ALTER TABLE namesake ADD COLUMN salt bytea;
ALTER TABLE namesake ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX namesake_unsealed ON namesake (shopper_id) WHERE sealed <> revision;
ALTER TABLE campaign ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX campaign_unsealed ON campaign (id) WHERE sealed <> revision;
ALTER TABLE assignment ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX assignment_unsealed ON assignment (id) WHERE sealed <> revision;
ALTER TABLE qualification ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX qualification_unsealed ON qualification (id) WHERE sealed <> revision;
ALTER TABLE certificate ADD COLUMN salt bytea;
ALTER TABLE certificate ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX certificate_unsealed ON certificate (id) WHERE sealed <> revision;
ALTER TABLE checklist ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX checklist_unsealed ON checklist (id) WHERE sealed <> revision;
ALTER TABLE dimension ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX dimension_unsealed ON dimension (id) WHERE sealed <> revision;
ALTER TABLE standard ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
CREATE INDEX standard_unsealed ON standard (id) WHERE sealed <> version;

-- What never changes is there once.
ALTER TABLE assignment_step ADD COLUMN salt bytea;
ALTER TABLE assignment_step ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX assignment_step_unsealed ON assignment_step (assignment_id, number) WHERE NOT sealed;
ALTER TABLE standard_version ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX standard_version_unsealed ON standard_version (standard_id, version) WHERE NOT sealed;
ALTER TABLE picture ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX picture_unsealed ON picture (id) WHERE NOT sealed;
ALTER TABLE qualification_attempt ADD COLUMN salt bytea;
ALTER TABLE qualification_attempt ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX qualification_attempt_unsealed ON qualification_attempt (id) WHERE NOT sealed;

-- When a grant had been given, so that what was sealed of it can still be compared; none of those that ended before.
ALTER TABLE former_grant ADD COLUMN granted_at timestamptz;
ALTER TABLE former_grant ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX former_grant_unsealed ON former_grant (id) WHERE NOT sealed;

-- 0: nothing of it is in the ledger yet; 1: its declaration is; 2: so is its withdrawal.
ALTER TABLE declared_tie ADD COLUMN sealed integer NOT NULL DEFAULT 0;
CREATE INDEX declared_tie_unsealed ON declared_tie (account_id, number)
    WHERE sealed = 0 OR (sealed = 1 AND withdrawn_at IS NOT NULL);

ALTER TABLE trust_look ADD COLUMN salt bytea;
ALTER TABLE trust_look ADD COLUMN sealed boolean NOT NULL DEFAULT false;
CREATE INDEX trust_look_unsealed ON trust_look (visit_id) WHERE looked_at IS NOT NULL AND NOT sealed;

-- By it is seen when something was sealed last.
CREATE INDEX ledger_batch_sealed_at ON ledger_batch (sealed_at);
