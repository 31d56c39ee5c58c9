-- Who was sent to an identity provider and did not come back yet; each good for one time.
CREATE TABLE inlogpoging (
    -- SHA-256 of what the identity provider sends back.
    sleutel BYTEA NOT NULL PRIMARY KEY,
    -- SHA-256 of what the browser has that began it.
    browser BYTEA NOT NULL,
    dienst TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    -- Where to go afterwards.
    naar TEXT NOT NULL,
    gemaakt TIMESTAMPTZ NOT NULL
);

-- Who is logged in, the newest first.
CREATE INDEX sessie_gemaakt ON sessie (gemaakt);
