DROP INDEX assignment_branch;
DROP INDEX visit_received;
