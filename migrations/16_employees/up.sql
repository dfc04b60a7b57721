-- The keys are what people are compared by: the address without case, the name without case, accents and order of words.
CREATE TABLE employee (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    email text,
    email_key text,
    name_key text NOT NULL,
    active boolean NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (brand_id, code),
    FOREIGN KEY (branch_id, brand_id) REFERENCES branch (id, brand_id)
);
CREATE INDEX employee_branch ON employee (branch_id);
CREATE INDEX employee_email ON employee (email_key);
CREATE INDEX employee_name ON employee (name_key, brand_id);
