-- The account that an employee was found to have.
ALTER TABLE employee ADD COLUMN account_id uuid REFERENCES account (id);
CREATE INDEX employee_account ON employee (account_id);

-- What shoppers declared to be tied to: a brand that they work for, or a branch where relatives work. It is kept when it is
-- declared no more.
CREATE TABLE declared_tie (
    account_id uuid NOT NULL REFERENCES account (id),
    number integer NOT NULL CHECK (number > 0),
    brand_id uuid REFERENCES brand (id),
    branch_id uuid REFERENCES branch (id),
    declared_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (account_id, number),
    CHECK ((brand_id IS NULL AND branch_id IS NOT NULL) OR (brand_id IS NOT NULL AND branch_id IS NULL))
);

-- Whether a shopper and an employee of the same name are one person, as a scheduler found.
CREATE TABLE namesake (
    shopper_id uuid NOT NULL REFERENCES account (id),
    employee_id uuid NOT NULL REFERENCES employee (id),
    same_person boolean NOT NULL,
    reason text NOT NULL,
    settled_by uuid NOT NULL REFERENCES account (id),
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (shopper_id, employee_id)
);
