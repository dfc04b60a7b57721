CREATE TABLE shopper (
    account_id uuid PRIMARY KEY NOT NULL REFERENCES account (id),
    profile jsonb NOT NULL,
    revision bigint NOT NULL,
    created_at timestamptz NOT NULL
);
-- The languages of the profile once more, to find shoppers by them.
CREATE TABLE shopper_language (
    account_id uuid NOT NULL REFERENCES shopper (account_id),
    language text NOT NULL,
    PRIMARY KEY (account_id, language)
);
