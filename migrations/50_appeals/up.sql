-- Until when the branch's side is shown what a visit was before an answer was corrected because of an appeal.
ALTER TABLE visit_before ADD COLUMN shown_until timestamptz;

-- An objection of a branch to answers of a report, and what came of it.
CREATE TABLE appeal (
    id uuid PRIMARY KEY NOT NULL,
    report_id uuid NOT NULL REFERENCES report (id),
    visit_id uuid NOT NULL REFERENCES visit (id),
    brand_id uuid NOT NULL REFERENCES brand (id),
    branch_id uuid NOT NULL REFERENCES branch (id),
    account_id uuid NOT NULL REFERENCES account (id),
    -- The questions, each with why the answer is wrong.
    objections jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'upheld', 'declined', 'taken_back')),
    waits_for text NOT NULL CHECK (waits_for IN ('reviewers', 'branch', 'shopper')),
    answer_by timestamptz NOT NULL,
    -- The reviewer whose approval it objects to; none if the visit was approved by lot.
    approved_by uuid REFERENCES account (id),
    decided_by uuid REFERENCES account (id),
    decided_at timestamptz,
    reason text,
    -- The questions whose answers were corrected.
    corrected jsonb,
    -- From when on the branch's side learns what came of it.
    shown_from timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    salt bytea,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX appeal_open ON appeal (visit_id) WHERE state = 'open';
CREATE INDEX appeal_visit ON appeal (visit_id);
CREATE INDEX appeal_report ON appeal (report_id, created_at, id);
CREATE INDEX appeal_branch ON appeal (branch_id, created_at, id);
CREATE INDEX appeal_due ON appeal (answer_by, id) WHERE state = 'open';
CREATE INDEX appeal_decided ON appeal (brand_id, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX appeal_unsealed ON appeal (id) WHERE sealed <> revision;

-- What the two sides say to each other about it; never changed.
CREATE TABLE appeal_message (
    id uuid PRIMARY KEY NOT NULL,
    appeal_id uuid NOT NULL REFERENCES appeal (id),
    account_id uuid NOT NULL REFERENCES account (id),
    side text NOT NULL CHECK (side IN ('branch', 'reviewers')),
    text text,
    created_at timestamptz NOT NULL,
    salt bytea,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX appeal_message_appeal ON appeal_message (appeal_id, created_at, id);
CREATE INDEX appeal_message_unsealed ON appeal_message (created_at, id) WHERE NOT sealed;

-- What the branch's side attaches to it; never changed.
CREATE TABLE appeal_file (
    id uuid PRIMARY KEY NOT NULL,
    appeal_id uuid NOT NULL REFERENCES appeal (id),
    account_id uuid NOT NULL REFERENCES account (id),
    media_type text NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX appeal_file_appeal ON appeal_file (appeal_id, created_at, id);
CREATE INDEX appeal_file_unsealed ON appeal_file (created_at, id) WHERE NOT sealed;

-- What a reviewer asks the shopper because of an appeal, and the answer.
CREATE TABLE inquiry (
    id uuid PRIMARY KEY NOT NULL,
    appeal_id uuid NOT NULL REFERENCES appeal (id),
    visit_id uuid NOT NULL REFERENCES visit (id),
    shopper_id uuid NOT NULL REFERENCES account (id),
    account_id uuid NOT NULL REFERENCES account (id),
    questions jsonb NOT NULL,
    text text,
    answer_by timestamptz NOT NULL,
    answer text,
    answered_at timestamptz,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    salt bytea,
    sealed bigint NOT NULL DEFAULT 0
);
CREATE INDEX inquiry_appeal ON inquiry (appeal_id, created_at, id);
CREATE INDEX inquiry_shopper ON inquiry (shopper_id, created_at, id);
CREATE INDEX inquiry_unsealed ON inquiry (id) WHERE sealed <> revision;
