DROP TABLE qualification_attempt;
DROP TABLE certificate;
DROP TABLE qualification;
