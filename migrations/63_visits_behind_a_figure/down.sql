DROP INDEX visit_behind;
