-- The list of visits, the newest first. It is appended to, so an arrival pays little for it.
CREATE INDEX visit_received ON visit (received_at, id);
-- The visits of a branch are found by its assignments, which no arrival writes.
CREATE INDEX assignment_branch ON assignment (branch_id);
