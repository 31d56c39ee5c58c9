-- The ledger: a row moves cents from one account to another and never changes. Accounts by key: number of the kind, and
-- what it is kept per (docs/grootboek.md). regel is the order within the journal entry; event, bron and volgnummer stand in it
-- once. What was booked before the ledger is taken up with overgenomen = 1: without form of funding, and not sealed again.
CREATE TABLE overboeking (
    journaal INTEGER NOT NULL,
    regel INTEGER NOT NULL,
    gebeurtenis TEXT NOT NULL,
    bron INTEGER NOT NULL,
    volgnummer INTEGER NOT NULL,
    debet TEXT NOT NULL,
    credit TEXT NOT NULL,
    bedrag INTEGER NOT NULL CHECK (bedrag > 0),
    boekdatum INTEGER NOT NULL,
    overgenomen INTEGER NOT NULL,
    PRIMARY KEY (journaal, regel),
    CHECK (debet <> credit)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX overboeking_eenmaal ON overboeking (gebeurtenis, bron, volgnummer);
CREATE TRIGGER overboeking_vast BEFORE UPDATE ON overboeking
BEGIN
    SELECT RAISE(ABORT, 'overboeking is onveranderlijk');
END;
CREATE TRIGGER overboeking_blijft BEFORE DELETE ON overboeking
BEGIN
    SELECT RAISE(ABORT, 'overboeking is onveranderlijk');
END;

-- Sums of the rows per account. Held money is never below nothing.
CREATE TABLE grootboekstand (
    rekening TEXT PRIMARY KEY,
    debet INTEGER NOT NULL CHECK (debet >= 0),
    credit INTEGER NOT NULL CHECK (credit >= 0)
) STRICT, WITHOUT ROWID;

-- Triggers: a check of the table would look at what comes to be added as if it were a row.
CREATE TRIGGER grootboekstand_nieuw AFTER INSERT ON grootboekstand
WHEN substr(NEW.rekening, 1, 3) = '21/' AND NEW.credit < NEW.debet
BEGIN
    SELECT RAISE(ABORT, 'er is minder vastgehouden dan er af gaat');
END;
CREATE TRIGGER grootboekstand_nu AFTER UPDATE ON grootboekstand
WHEN substr(NEW.rekening, 1, 3) = '21/' AND NEW.credit < NEW.debet
BEGIN
    SELECT RAISE(ABORT, 'er is minder vastgehouden dan er af gaat');
END;

-- Transfers of a payment run, in the order of its file. What became of one the ledger says. Of runs of before the ledger the
-- accounts are not known here: their files have them.
CREATE TABLE betaling (
    betaalrun INTEGER NOT NULL REFERENCES betaalrun (nummer),
    volgnummer INTEGER NOT NULL,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    van TEXT,
    naar TEXT,
    bedrag INTEGER NOT NULL CHECK (bedrag BETWEEN 1 AND 99999999999),
    kenmerk TEXT NOT NULL UNIQUE,
    PRIMARY KEY (betaalrun, volgnummer)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER betaling_vast BEFORE UPDATE ON betaling
BEGIN
    SELECT RAISE(ABORT, 'betaling is onveranderlijk');
END;
CREATE TRIGGER betaling_blijft BEFORE DELETE ON betaling
BEGIN
    SELECT RAISE(ABORT, 'betaling is onveranderlijk');
END;

-- Statements of the bank that were taken in, one per journal entry. afdruk is the same for the same statement, in whatever file it
-- comes.
CREATE TABLE bankafschrift (
    journaal INTEGER PRIMARY KEY,
    rekening TEXT NOT NULL,
    identificatie TEXT NOT NULL,
    elektronisch INTEGER,
    wettelijk INTEGER,
    deel INTEGER,
    tot INTEGER,
    opening INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    afdruk TEXT NOT NULL,
    UNIQUE (rekening, afdruk)
) STRICT;

-- What posts of statements and status reports of the bank were taken for. What nobody explained yet has the outcome
-- te-onderzoeken or afgewezen-wacht and no verklaard: the journal number of the explanation.
CREATE TABLE bankregel (
    journaal INTEGER NOT NULL,
    volgorde INTEGER NOT NULL,
    rekening TEXT NOT NULL,
    bedrag INTEGER NOT NULL,
    boekdatum INTEGER,
    uitkomst TEXT NOT NULL,
    betaalrun INTEGER,
    volgnummer INTEGER,
    kenmerk TEXT NOT NULL,
    reden TEXT NOT NULL,
    verklaard INTEGER,
    PRIMARY KEY (journaal, volgorde)
) STRICT, WITHOUT ROWID;
CREATE INDEX bankregel_open ON bankregel (journaal, volgorde) WHERE uitkomst IN ('te-onderzoeken', 'afgewezen-wacht') AND verklaard IS NULL;
CREATE INDEX bankregel_betaling ON bankregel (betaalrun, volgnummer) WHERE betaalrun IS NOT NULL;

-- What a run paid and is owed again: the journal number of the entry that it was first, so that its specification names the same
-- lines again.
ALTER TABLE boeking ADD COLUMN oorsprong INTEGER;
