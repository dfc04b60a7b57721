DROP TABLE brand_statistics;
