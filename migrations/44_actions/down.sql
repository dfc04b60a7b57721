DROP TABLE action_comment;
DROP TABLE action;
