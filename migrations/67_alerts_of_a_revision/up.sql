-- The open alerts of a rule are those that it found in its present revision.
DROP INDEX alert_open;
CREATE INDEX alert_open ON alert (rule_id, rule_revision, alert_id) WHERE closed_at IS NULL;
-- A place has so many rules at the most.
CREATE INDEX alert_rule_place ON alert_rule (place_id, rule_id);
