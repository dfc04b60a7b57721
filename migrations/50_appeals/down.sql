-- Before, nothing was corrected: what was is kept as if it had come so.
DROP TABLE inquiry;
DROP TABLE appeal_file;
DROP TABLE appeal_message;
DROP TABLE appeal;
DELETE FROM visit_before WHERE EXISTS (SELECT 1 FROM visit_step
    WHERE visit_step.visit_id = visit_before.visit_id AND visit_step.step = 'correct'
    AND visit_step.taken_at = visit_before.replaced_at);
UPDATE visit SET
    revision = revision - (SELECT count(*) FROM visit_step
        WHERE visit_step.visit_id = visit.id AND visit_step.step = 'correct'),
    revised_at = (SELECT max(taken_at) FROM visit_step
        WHERE visit_step.visit_id = visit.id AND visit_step.step = 'revise')
    WHERE EXISTS (SELECT 1 FROM visit_step WHERE visit_step.visit_id = visit.id AND visit_step.step = 'correct');
DELETE FROM visit_step WHERE step = 'correct';
UPDATE visit_step SET number = (SELECT count(*) FROM visit_step AS earlier
    WHERE earlier.visit_id = visit_step.visit_id AND earlier.number <= visit_step.number);
ALTER TABLE visit_before DROP COLUMN shown_until;
