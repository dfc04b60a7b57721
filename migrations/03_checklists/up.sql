CREATE TABLE checklist (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    name text NOT NULL,
    draft jsonb,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (id, brand_id)
);
CREATE INDEX checklist_brand ON checklist (brand_id);

CREATE TABLE checklist_version (
    id uuid PRIMARY KEY NOT NULL,
    checklist_id uuid NOT NULL,
    brand_id uuid NOT NULL,
    number integer NOT NULL,
    content jsonb NOT NULL,
    content_hash bytea NOT NULL,
    published_by uuid NOT NULL REFERENCES account (id),
    published_at timestamptz NOT NULL,
    UNIQUE (checklist_id, number),
    UNIQUE (id, brand_id),
    FOREIGN KEY (checklist_id, brand_id) REFERENCES checklist (id, brand_id)
);
