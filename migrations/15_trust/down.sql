DROP TABLE visit_text_band;
DROP TABLE photo_look;
DROP TABLE trust_flag;
DROP TABLE trust_look;
