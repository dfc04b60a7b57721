DROP INDEX assignment_closing;
DROP INDEX report_of_month;
