-- What one person proposed and a second must approve before it happens. Outside the journal: what is carried out is an entry with
-- both names, and what is not changes nothing.
CREATE TABLE voordracht (
    nummer INTEGER PRIMARY KEY,
    soort TEXT NOT NULL,
    titel TEXT NOT NULL,
    -- What is decided, as its kind writes it.
    besluit TEXT NOT NULL,
    -- What was seen: carried out only as long as that is what follows.
    gezien TEXT NOT NULL,
    bedrag INTEGER NOT NULL,
    -- The same in sentences, as the first saw it.
    regels TEXT NOT NULL,
    -- The work item that it is about, when it is one.
    werk INTEGER,
    status TEXT NOT NULL,
    wie TEXT NOT NULL,
    -- What tells one person from another.
    account TEXT NOT NULL,
    waarom TEXT NOT NULL,
    moment INTEGER NOT NULL,
    verloopt INTEGER NOT NULL,
    -- Who approved it.
    tweede TEXT,
    tweede_account TEXT,
    tweede_waarom TEXT,
    beslist INTEGER,
    -- What became of it, in sentences.
    uitkomst TEXT,
    -- The entry of the journal that carried it out.
    journaal INTEGER
) STRICT;
CREATE INDEX voordracht_status ON voordracht (status, nummer);
CREATE INDEX voordracht_werk ON voordracht (werk);
CREATE INDEX voordracht_journaal ON voordracht (journaal);
-- One proposal of the same at a time.
CREATE UNIQUE INDEX voordracht_open ON voordracht (soort, besluit)
    WHERE status IN ('voorgedragen', 'goedgekeurd');

-- What tells one person from another, whatever name stands in a token: identity provider and subject.
ALTER TABLE sessie ADD COLUMN account TEXT;

-- What one decision about many work items did with each: the entry has what was decided, and the items have the rest.
CREATE TABLE uitslag (
    journaal INTEGER NOT NULL,
    werk INTEGER NOT NULL,
    -- Done, or why not: it came, changed or was closed after what was seen.
    uitkomst TEXT NOT NULL,
    PRIMARY KEY (journaal, werk)
) STRICT, WITHOUT ROWID;
