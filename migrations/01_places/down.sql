DROP TABLE branch;
DROP TABLE region_above;
DROP TABLE region;
DROP TABLE brand;
