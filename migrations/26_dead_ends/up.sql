-- Until when the files of a visit are waited for before it stands in the queue without them, and since when it is to be
-- sent anew.
ALTER TABLE visit ADD COLUMN files_due_at timestamptz;
ALTER TABLE visit ADD COLUMN anew_at timestamptz;
-- When it was made, by the phone's clock as far as that can be.
ALTER TABLE visit ADD COLUMN made_at timestamptz;
CREATE INDEX visit_without_files ON visit (received_at, id) WHERE state = 'submitted';

-- The files that a visit was taken without.
CREATE TABLE visit_without (
    visit_id uuid NOT NULL REFERENCES visit (id),
    evidence_id uuid NOT NULL,
    PRIMARY KEY (visit_id, evidence_id)
);

-- What a visit was before it was sent anew, with other files.
CREATE TABLE visit_before (
    visit_id uuid NOT NULL REFERENCES visit (id),
    content_hash bytea NOT NULL,
    content jsonb NOT NULL,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (visit_id, replaced_at)
);

ALTER TABLE campaign ADD COLUMN state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'closed'));
