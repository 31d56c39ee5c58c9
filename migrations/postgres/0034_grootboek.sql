-- The ledger: a row moves cents from one account to another and never changes. Accounts by key: number of the kind, and
-- what it is kept per (docs/grootboek.md). regel is the order within the journal entry; event, bron and volgnummer stand in it
-- once. What was booked before the ledger is taken up with overgenomen: without form of funding, and not sealed again.
CREATE TABLE overboeking (
    journaal BIGINT NOT NULL,
    regel BIGINT NOT NULL,
    gebeurtenis TEXT COLLATE "C" NOT NULL,
    bron BIGINT NOT NULL,
    volgnummer BIGINT NOT NULL,
    debet TEXT COLLATE "C" NOT NULL,
    credit TEXT COLLATE "C" NOT NULL,
    bedrag BIGINT NOT NULL CHECK (bedrag > 0),
    boekdatum DATE NOT NULL,
    overgenomen BOOLEAN NOT NULL,
    PRIMARY KEY (journaal, regel),
    CHECK (debet <> credit)
);
CREATE UNIQUE INDEX overboeking_eenmaal ON overboeking (gebeurtenis, bron, volgnummer);
CREATE FUNCTION grootboek_weiger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is onveranderlijk', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER overboeking_vast BEFORE UPDATE OR DELETE ON overboeking
    FOR EACH ROW EXECUTE FUNCTION grootboek_weiger();
CREATE TRIGGER overboeking_leeg BEFORE TRUNCATE ON overboeking
    FOR EACH STATEMENT EXECUTE FUNCTION grootboek_weiger();

-- Sums of the rows per account. Held money is never below nothing.
CREATE TABLE grootboekstand (
    rekening TEXT COLLATE "C" PRIMARY KEY,
    debet BIGINT NOT NULL CHECK (debet >= 0),
    credit BIGINT NOT NULL CHECK (credit >= 0)
) WITH (fillfactor = 70);

-- Trigger: a check of the table would look at what comes to be added as if it were a row.
CREATE FUNCTION grootboek_te_weinig() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'er is minder vastgehouden dan er af gaat';
END;
$$;
CREATE TRIGGER grootboekstand_nu AFTER INSERT OR UPDATE ON grootboekstand
    FOR EACH ROW WHEN (substr(NEW.rekening, 1, 3) = '21/' AND NEW.credit < NEW.debet)
    EXECUTE FUNCTION grootboek_te_weinig();

-- Transfers of a payment run, in the order of its file. What became of one the ledger says. Of runs of before the ledger the
-- accounts are not known here: their files have them.
CREATE TABLE betaling (
    betaalrun BIGINT NOT NULL REFERENCES betaalrun (nummer),
    volgnummer BIGINT NOT NULL,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    van TEXT COLLATE "C",
    naar TEXT COLLATE "C",
    bedrag BIGINT NOT NULL CHECK (bedrag BETWEEN 1 AND 99999999999),
    kenmerk TEXT COLLATE "C" NOT NULL UNIQUE,
    PRIMARY KEY (betaalrun, volgnummer)
);
CREATE TRIGGER betaling_vast BEFORE UPDATE OR DELETE ON betaling
    FOR EACH ROW EXECUTE FUNCTION grootboek_weiger();
CREATE TRIGGER betaling_leeg BEFORE TRUNCATE ON betaling
    FOR EACH STATEMENT EXECUTE FUNCTION grootboek_weiger();

-- Statements of the bank that were taken in, one per journal entry. afdruk is the same for the same statement, in whatever file it
-- comes.
CREATE TABLE bankafschrift (
    journaal BIGINT PRIMARY KEY,
    rekening TEXT COLLATE "C" NOT NULL,
    identificatie TEXT COLLATE "C" NOT NULL,
    elektronisch BIGINT,
    wettelijk BIGINT,
    deel BIGINT,
    tot DATE,
    opening BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    afdruk TEXT COLLATE "C" NOT NULL,
    UNIQUE (rekening, afdruk)
);

-- What posts of statements and status reports of the bank were taken for. What nobody explained yet has the outcome
-- te-onderzoeken or afgewezen-wacht and no verklaard: the journal number of the explanation.
CREATE TABLE bankregel (
    journaal BIGINT NOT NULL,
    volgorde BIGINT NOT NULL,
    rekening TEXT COLLATE "C" NOT NULL,
    bedrag BIGINT NOT NULL,
    boekdatum DATE,
    uitkomst TEXT COLLATE "C" NOT NULL,
    betaalrun BIGINT,
    volgnummer BIGINT,
    kenmerk TEXT COLLATE "C" NOT NULL,
    reden TEXT COLLATE "C" NOT NULL,
    verklaard BIGINT,
    PRIMARY KEY (journaal, volgorde)
);
CREATE INDEX bankregel_open ON bankregel (journaal, volgorde) WHERE uitkomst IN ('te-onderzoeken', 'afgewezen-wacht') AND verklaard IS NULL;
CREATE INDEX bankregel_betaling ON bankregel (betaalrun, volgnummer) WHERE betaalrun IS NOT NULL;

-- What a run paid and is owed again: the journal number of the entry that it was first, so that its specification names the same
-- lines again.
ALTER TABLE boeking ADD COLUMN oorsprong BIGINT;
