DROP TABLE namesake;
DROP TABLE declared_tie;
DROP INDEX employee_account;
ALTER TABLE employee DROP COLUMN account_id;
