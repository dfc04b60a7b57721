DROP TABLE visit_comment_correction;
