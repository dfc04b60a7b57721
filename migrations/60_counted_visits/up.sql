-- The reports of a branch by month: figures of days and filtered figures are made of them one by one on the branch's side.
CREATE INDEX report_of_month ON report (branch_id, month);
-- What is wanted of a branch by when it ends: how many visits were planned.
CREATE INDEX assignment_closing ON assignment (branch_id, closes_at);
