DROP TABLE clean_copy;
