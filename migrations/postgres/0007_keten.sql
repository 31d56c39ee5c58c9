-- The chain over the journal. The sealer adds to it behind the commit, in journal order; nothing in it is
-- ever changed, but for the salt of a body that was removed lawfully.
CREATE TABLE keten (
    journaal BIGINT PRIMARY KEY,
    -- SHA-256 over the link before, the fields of the entry and the digests of its bodies.
    schakel BYTEA NOT NULL
);

-- The bodies of a sealed entry: a digest over salt and content, so that nothing can be guessed from the
-- digest once salt and content are gone. onderdeel says which body it is.
CREATE TABLE keten_inhoud (
    journaal BIGINT NOT NULL REFERENCES keten (journaal),
    onderdeel TEXT COLLATE "C" NOT NULL,
    zout BYTEA,
    digest BYTEA NOT NULL,
    -- Journal number of the removal.
    verwijderd BIGINT,
    PRIMARY KEY (journaal, onderdeel)
);

-- What stays of an entry whose message was removed: numbers and amounts without a person, so that what
-- came after it can still be decided again.
CREATE TABLE verwijderd (
    journaal BIGINT PRIMARY KEY,
    verwijdering BIGINT NOT NULL,
    rest TEXT NOT NULL
);

-- What an entry sent and booked.
CREATE INDEX uitgaand_journaal ON uitgaand (journaal);
CREATE INDEX boeking_journaal ON boeking (journaal);
