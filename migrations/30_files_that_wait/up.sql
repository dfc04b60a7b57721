-- Which assignment a file is for, as its phone says. Of files that name none only a few may wait for their visits.
ALTER TABLE evidence ADD COLUMN assignment_id uuid;
-- Whether the visit of a file that is kept was found to be here: such a file stays for good.
ALTER TABLE evidence ADD COLUMN visit_came boolean NOT NULL DEFAULT false;
CREATE INDEX evidence_assignment ON evidence (assignment_id, size) WHERE assignment_id IS NOT NULL;
CREATE INDEX evidence_waiting ON evidence (kept_at, id) WHERE state = 'kept' AND NOT visit_came;
-- A copy that is to go must be no other file's.
CREATE INDEX clean_copy_sha256 ON clean_copy (sha256);
CREATE INDEX clean_copy_thumbnail ON clean_copy (thumbnail_sha256);
-- Blobs that no file needs any more. A row stays for an hour after its blob is gone: a request that found the blob before keeps
-- no file by it.
CREATE TABLE leaving_blob (
    sha256 bytea PRIMARY KEY NOT NULL,
    left_at timestamptz NOT NULL,
    deleted_at timestamptz
);
