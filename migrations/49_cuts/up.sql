-- The stretches of a recording that a reviewer made silent in what goes out. A recording that no reviewer listened to has no row.
CREATE TABLE cut (
    evidence_id uuid PRIMARY KEY NOT NULL REFERENCES evidence (id),
    visit_id uuid NOT NULL REFERENCES visit (id),
    stretches jsonb NOT NULL,
    set_by uuid NOT NULL REFERENCES account (id),
    set_at timestamptz NOT NULL
);
CREATE INDEX cut_visit ON cut (visit_id);

-- What a file of a report is; without it a photo (JPEG).
ALTER TABLE report_file ADD COLUMN media_type text;
