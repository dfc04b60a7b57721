-- What staff were informed of, and the documents that they were given: neither ever changes.
CREATE TABLE notice_document (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    bytes bytea NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX notice_document_brand ON notice_document (brand_id);
CREATE INDEX notice_document_unsealed ON notice_document (id) WHERE NOT sealed;

CREATE TABLE notice (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    -- The notice that this one takes the place of: each is followed once.
    follows_id uuid UNIQUE REFERENCES notice (id),
    content jsonb NOT NULL,
    created_by uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false
);
CREATE INDEX notice_brand ON notice (brand_id, id);
CREATE INDEX notice_unsealed ON notice (id) WHERE NOT sealed;
