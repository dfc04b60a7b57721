-- A branch whose position is not known has none: nothing measures a distance to it.
ALTER TABLE branch ADD COLUMN north double precision;
ALTER TABLE branch ADD COLUMN east double precision;
UPDATE branch SET north = latitude, east = longitude;
ALTER TABLE branch DROP COLUMN latitude;
ALTER TABLE branch DROP COLUMN longitude;
ALTER TABLE branch RENAME COLUMN north TO latitude;
ALTER TABLE branch RENAME COLUMN east TO longitude;
