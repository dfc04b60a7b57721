DROP INDEX visit_step_withdrawn;
