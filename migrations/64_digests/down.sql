DROP TABLE digest_issue;
DROP TABLE digest;
