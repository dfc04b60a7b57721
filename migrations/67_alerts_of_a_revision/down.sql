DROP INDEX alert_rule_place;
DROP INDEX alert_open;
CREATE INDEX alert_open ON alert (rule_id, alert_id) WHERE closed_at IS NULL;
