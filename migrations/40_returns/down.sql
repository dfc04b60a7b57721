-- What is returned goes back to the reviewers: before, nothing was asked anew. A revision stays as the visit sent anew.
DROP INDEX visit_returned;
ALTER TABLE visit DROP COLUMN answer_by;
ALTER TABLE visit DROP COLUMN revised_at;
ALTER TABLE visit DROP COLUMN revision;
DROP INDEX return_reason_unsealed;
DROP TABLE return_reason;
