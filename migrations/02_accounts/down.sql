DROP TABLE refresh_token;
DROP TABLE session;
DROP TABLE access_grant;
DROP TABLE account;
DROP TABLE server_key;
