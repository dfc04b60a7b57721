DROP TABLE notice;
DROP TABLE notice_document;
