DROP TABLE shown_figure;
ALTER TABLE rollup DROP COLUMN changes;
