DROP TABLE shopper_language;
DROP TABLE shopper;
