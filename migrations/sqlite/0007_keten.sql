-- The chain over the journal. The sealer adds to it behind the commit, in journal order; nothing in it is
-- ever changed, but for the salt of a body that was removed lawfully.
CREATE TABLE keten (
    journaal INTEGER PRIMARY KEY,
    -- SHA-256 over the link before, the fields of the entry and the digests of its bodies.
    schakel BLOB NOT NULL
) STRICT;

-- The bodies of a sealed entry: a digest over salt and content, so that nothing can be guessed from the
-- digest once salt and content are gone. onderdeel says which body it is.
CREATE TABLE keten_inhoud (
    journaal INTEGER NOT NULL REFERENCES keten (journaal),
    onderdeel TEXT NOT NULL,
    zout BLOB,
    digest BLOB NOT NULL,
    -- Journal number of the removal.
    verwijderd INTEGER,
    PRIMARY KEY (journaal, onderdeel)
) STRICT, WITHOUT ROWID;

-- What stays of an entry whose message was removed: numbers and amounts without a person, so that what
-- came after it can still be decided again.
CREATE TABLE verwijderd (
    journaal INTEGER PRIMARY KEY,
    verwijdering INTEGER NOT NULL,
    rest TEXT NOT NULL
) STRICT;

-- What an entry sent and booked.
CREATE INDEX uitgaand_journaal ON uitgaand (journaal);
CREATE INDEX boeking_journaal ON boeking (journaal);
