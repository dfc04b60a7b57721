ALTER TABLE branch ADD COLUMN north double precision NOT NULL DEFAULT 0;
ALTER TABLE branch ADD COLUMN east double precision NOT NULL DEFAULT 0;
UPDATE branch SET north = latitude, east = longitude WHERE latitude IS NOT NULL AND longitude IS NOT NULL;
ALTER TABLE branch DROP COLUMN latitude;
ALTER TABLE branch DROP COLUMN longitude;
ALTER TABLE branch RENAME COLUMN north TO latitude;
ALTER TABLE branch RENAME COLUMN east TO longitude;
