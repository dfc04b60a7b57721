-- Who took an appeal back before the branch's side knew that it was decided about, and when.
ALTER TABLE appeal ADD COLUMN taken_back_by uuid REFERENCES account (id);
ALTER TABLE appeal ADD COLUMN taken_back_at timestamptz;

-- A visit is looked at anew also when other files take the place of those that cannot be read, in the same revision: looks are
-- counted by how many contents came before, which is what a look's revision was as long as only revisions were looked at.
ALTER TABLE trust_look RENAME COLUMN revision TO number;
ALTER TABLE trust_look ADD COLUMN revision integer NOT NULL DEFAULT 0;
UPDATE trust_look SET revision = number;
ALTER TABLE trust_flag RENAME COLUMN revision TO look;
