-- What is looked for in scores again and again. A change adds a row, and the one with the highest revision counts.
CREATE TABLE alert_rule (
    -- Of this row; what people know the rule by is rule_id.
    id uuid PRIMARY KEY NOT NULL,
    rule_id uuid NOT NULL,
    revision bigint NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    place_id uuid NOT NULL,
    -- By whose figures it is judged.
    reader text NOT NULL CHECK (reader IN ('desk', 'branch_side')),
    -- Where below the place, of which subject and months, and what is looked for.
    content jsonb NOT NULL,
    is_deleted boolean NOT NULL,
    changed_by uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    UNIQUE (rule_id, revision)
);
CREATE INDEX alert_rule_brand ON alert_rule (brand_id, rule_id);
CREATE INDEX alert_rule_unsealed ON alert_rule (changed_at, id) WHERE NOT sealed;

-- That what a rule looks for is so at a place, in a period: one alert for each revision of the rule, place and period. What becomes of it adds a row, and the
-- one with the highest revision counts.
CREATE TABLE alert (
    -- Of this row; what people know the alert by is alert_id.
    id uuid PRIMARY KEY NOT NULL,
    alert_id uuid NOT NULL,
    revision bigint NOT NULL,
    rule_id uuid NOT NULL,
    rule_revision bigint NOT NULL,
    brand_id uuid NOT NULL REFERENCES brand (id),
    place_kind text NOT NULL CHECK (place_kind IN ('brand', 'region', 'branch')),
    place_id uuid NOT NULL,
    reader text NOT NULL CHECK (reader IN ('desk', 'branch_side')),
    from_month integer NOT NULL,
    to_month integer NOT NULL,
    -- The figure, with what it was compared to.
    found jsonb NOT NULL,
    raised_at timestamptz NOT NULL,
    -- Since when it is over, and why; neither as long as it is open.
    closed_at timestamptz,
    closed_because text,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES account (id),
    changed_at timestamptz NOT NULL,
    sealed boolean NOT NULL DEFAULT false,
    CHECK ((closed_at IS NULL) = (closed_because IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    UNIQUE (alert_id, revision)
);
CREATE INDEX alert_brand ON alert (brand_id, raised_at, alert_id);
CREATE INDEX alert_place ON alert (place_id, raised_at, alert_id);
CREATE INDEX alert_open ON alert (rule_id, alert_id) WHERE closed_at IS NULL;
CREATE INDEX alert_unsealed ON alert (changed_at, id) WHERE NOT sealed;
