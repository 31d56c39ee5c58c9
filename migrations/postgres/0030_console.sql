-- Who is logged in at the console. Outside the journal: nothing is decided by it.
CREATE TABLE sessie (
    -- SHA-256 of what the browser has.
    sleutel BYTEA NOT NULL PRIMARY KEY,
    wie TEXT NOT NULL,
    rol TEXT NOT NULL,
    -- Code of the gemeente or aanbieder of which alone things are seen.
    partij TEXT,
    gemaakt TIMESTAMPTZ NOT NULL,
    gebruikt TIMESTAMPTZ NOT NULL
);

-- Keys of forms, each good for one time.
CREATE TABLE formulier (
    sleutel BYTEA NOT NULL PRIMARY KEY,
    -- The session that it was given to; empty before there is one.
    sessie BYTEA NOT NULL,
    gemaakt TIMESTAMPTZ NOT NULL
);

-- Who looked at what. Rows are added, and never changed or taken away.
CREATE TABLE toegang (
    nummer BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    moment TIMESTAMPTZ NOT NULL,
    wie TEXT NOT NULL,
    rol TEXT NOT NULL,
    actie TEXT NOT NULL,
    -- What it is about, never the number of a person.
    onderwerp TEXT NOT NULL,
    reden TEXT NOT NULL,
    herkomst TEXT NOT NULL
);
CREATE INDEX toegang_onderwerp ON toegang (onderwerp, nummer);

CREATE FUNCTION toegang_weiger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'toegang is onveranderlijk';
END $$;
CREATE TRIGGER toegang_wijzigt_niet BEFORE UPDATE OR DELETE ON toegang
    FOR EACH ROW EXECUTE FUNCTION toegang_weiger();
CREATE TRIGGER toegang_blijft BEFORE TRUNCATE ON toegang
    FOR EACH STATEMENT EXECUTE FUNCTION toegang_weiger();
