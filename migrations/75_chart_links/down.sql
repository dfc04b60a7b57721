DROP TABLE chart_link;
