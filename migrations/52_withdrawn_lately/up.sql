-- Finds what was withdrawn lately, which the branch's side learns with the next night.
CREATE INDEX visit_step_withdrawn ON visit_step (taken_at) WHERE step = 'withdraw';
