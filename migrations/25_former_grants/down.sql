DROP TABLE former_grant;
