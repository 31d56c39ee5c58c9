-- Who is logged in at the console. Outside the journal: nothing is decided by it.
CREATE TABLE sessie (
    -- SHA-256 of what the browser has.
    sleutel BLOB NOT NULL PRIMARY KEY,
    wie TEXT NOT NULL,
    rol TEXT NOT NULL,
    -- Code of the gemeente or aanbieder of which alone things are seen.
    partij TEXT,
    gemaakt INTEGER NOT NULL,
    gebruikt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys of forms, each good for one time.
CREATE TABLE formulier (
    sleutel BLOB NOT NULL PRIMARY KEY,
    -- The session that it was given to; empty before there is one.
    sessie BLOB NOT NULL,
    gemaakt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who looked at what. Rows are added, and never changed or taken away.
CREATE TABLE toegang (
    nummer INTEGER PRIMARY KEY,
    moment INTEGER NOT NULL,
    wie TEXT NOT NULL,
    rol TEXT NOT NULL,
    actie TEXT NOT NULL,
    -- What it is about, never the number of a person.
    onderwerp TEXT NOT NULL,
    reden TEXT NOT NULL,
    herkomst TEXT NOT NULL
) STRICT;
CREATE INDEX toegang_onderwerp ON toegang (onderwerp, nummer);

CREATE TRIGGER toegang_wijzigt_niet BEFORE UPDATE ON toegang
BEGIN
    SELECT RAISE(ABORT, 'toegang is onveranderlijk');
END;

CREATE TRIGGER toegang_blijft BEFORE DELETE ON toegang
BEGIN
    SELECT RAISE(ABORT, 'toegang is onveranderlijk');
END;
