DROP TABLE visit_step;
DROP TABLE visit;
