-- The view of an approved visit that the branch's side may see. It says days and no times of day; `created_at` is for the ledger.
CREATE TABLE report (
    id uuid PRIMARY KEY NOT NULL,
    visit_id uuid NOT NULL UNIQUE REFERENCES visit (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    region_id uuid,
    branch_id uuid NOT NULL REFERENCES branch (id),
    campaign_id uuid,
    month integer NOT NULL,
    first_day text NOT NULL,
    last_day text NOT NULL,
    released_on text NOT NULL,
    shows jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX report_latest ON report (released_on DESC, id);
CREATE INDEX report_of_branch ON report (branch_id, released_on DESC, id);
CREATE INDEX report_unsealed ON report (created_at, id) WHERE NOT sealed;

-- The photos of reports: copies of their own, each a blob.
CREATE TABLE report_file (
    id uuid PRIMARY KEY NOT NULL,
    report_id uuid NOT NULL REFERENCES report (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    evidence_id uuid NOT NULL,
    question text NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX report_file_report ON report_file (report_id, id);
CREATE INDEX report_file_unsealed ON report_file (created_at, id) WHERE NOT sealed;

-- What people of the branch's side say about reports.
CREATE TABLE report_comment (
    id uuid PRIMARY KEY NOT NULL,
    report_id uuid NOT NULL REFERENCES report (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    account_id uuid NOT NULL REFERENCES account (id),
    text text NOT NULL,
    salt bytea,
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX report_comment_report ON report_comment (report_id, created_at, id);
CREATE INDEX report_comment_unsealed ON report_comment (created_at, id) WHERE NOT sealed;

-- The parts of a photo that a reviewer made unrecognizable in what goes out.
CREATE TABLE blur (
    evidence_id uuid PRIMARY KEY NOT NULL REFERENCES evidence (id),
    visit_id uuid NOT NULL REFERENCES visit (id),
    areas jsonb NOT NULL,
    set_by uuid NOT NULL REFERENCES account (id),
    set_at timestamptz NOT NULL
);
CREATE INDEX blur_visit ON blur (visit_id);

-- Exact sums of the visits that count for the branch's side, of each branch, as `rollup` has those that count for desks.
CREATE TABLE released_rollup (
    place_id uuid NOT NULL,
    subject text NOT NULL,
    month integer NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    visits bigint NOT NULL,
    total bigint NOT NULL,
    total_squares bigint NOT NULL,
    changes bigint NOT NULL,
    PRIMARY KEY (place_id, subject, month)
);
CREATE INDEX released_rollup_branches ON released_rollup (brand_id, subject, place_id);

-- What was approved before there were reports has counted for the branch's side since, and goes on doing so.
ALTER TABLE visit ADD COLUMN shown_before boolean NOT NULL DEFAULT false;
UPDATE visit SET shown_before = true WHERE state = 'approved';
INSERT INTO released_rollup
    (place_id, subject, month, brand_id, place_kind, visits, total, total_squares, changes)
    SELECT place_id, subject, month, brand_id, place_kind, visits, total, total_squares, changes
    FROM rollup WHERE place_kind = 'branch';

CREATE INDEX visit_to_report ON visit (branch_id, id) WHERE state = 'approved';
CREATE INDEX visit_to_finish ON visit (id) WHERE state = 'released';

-- Employees sign in as well. SQLite cannot change a CHECK, so there is a new column in the old one's place.
ALTER TABLE access_grant ADD COLUMN granted_role text NOT NULL DEFAULT 'shopper' CHECK (granted_role IN ('shopper', 'scheduler',
    'designer', 'reviewer', 'manager', 'hr', 'employee', 'administrator', 'auditor'));
UPDATE access_grant SET granted_role = role;
ALTER TABLE access_grant DROP COLUMN role;
ALTER TABLE access_grant RENAME COLUMN granted_role TO role;
