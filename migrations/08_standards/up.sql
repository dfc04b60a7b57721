CREATE TABLE dimension (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    key text NOT NULL,
    name jsonb NOT NULL,
    side text NOT NULL CHECK (side IN ('personal', 'procedural')),
    servqual text NOT NULL CHECK (servqual IN ('tangibles', 'reliability', 'responsiveness', 'assurance', 'empathy')),
    track text NOT NULL CHECK (track IN ('product_and_technique', 'customer_service', 'motivation_and_stress')),
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (brand_id, key),
    UNIQUE (id, brand_id)
);

CREATE TABLE standard (
    id uuid PRIMARY KEY NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    key text NOT NULL,
    dimension_id uuid NOT NULL,
    version integer NOT NULL,
    text jsonb NOT NULL,
    retired boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (brand_id, key),
    FOREIGN KEY (dimension_id, brand_id) REFERENCES dimension (id, brand_id)
);
CREATE INDEX standard_dimension ON standard (dimension_id);

-- Everything that a standard ever said, the present included; nothing here ever changes.
CREATE TABLE standard_version (
    standard_id uuid NOT NULL REFERENCES standard (id),
    version integer NOT NULL,
    dimension_id uuid NOT NULL REFERENCES dimension (id),
    text jsonb NOT NULL,
    retired boolean NOT NULL,
    made_by uuid NOT NULL REFERENCES account (id),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (standard_id, version)
);

-- What the content's keys of standards and dimensions stood for when it was published.
ALTER TABLE checklist_version ADD COLUMN bindings jsonb NOT NULL DEFAULT '{}';
