-- Units: amounts are eurocents, days are dates, what happened is an instant, what must be done is a
-- moment on the Dutch clock. Codes that are all digits are integers: gemeente 193 is 0193.
-- The key of an assignment is gemeente * 1000000000 + ToewijzingNummer.
-- Personal data: every column bsn, toewijzing.commentaar and archief.inhoud.
-- Texts that are compared are in the order of their bytes, whatever the database's language.

-- Numbers are handed out in blocks, and not given back when a transaction is rolled back: a sequence
-- each, moved under a lock for as long as that takes.
CREATE SEQUENCE reeks_aankomst;
CREATE SEQUENCE reeks_archief;
CREATE SEQUENCE reeks_journaal;
CREATE SEQUENCE reeks_zendnummer;
CREATE SEQUENCE reeks_werk;
CREATE SEQUENCE reeks_prestatie;
CREATE SEQUENCE reeks_declaratie;
CREATE SEQUENCE reeks_boeking;

-- The first of this many numbers; with none, the number that would come next.
CREATE FUNCTION trek(reeks REGCLASS, aantal BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    eerste BIGINT;
BEGIN
    IF aantal <= 0 THEN
        RETURN coalesce(pg_sequence_last_value(reeks), 0) + 1;
    END IF;
    PERFORM pg_advisory_lock(7301, reeks::oid::int);
    eerste := nextval(reeks);
    IF aantal > 1 THEN
        PERFORM setval(reeks, eerste + aantal - 1);
    END IF;
    PERFORM pg_advisory_unlock(7301, reeks::oid::int);
    RETURN eerste;
END $$;

-- Exactly what came in and what went out, as zstd frames.
CREATE TABLE archief (
    id BIGINT PRIMARY KEY,
    lengte BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    inhoud BYTEA NOT NULL
);
-- Packed already.
ALTER TABLE archief ALTER COLUMN inhoud SET STORAGE EXTERNAL;

CREATE TABLE inkomend (
    aankomst BIGINT PRIMARY KEY,
    naam TEXT NOT NULL,
    kanaal TEXT,
    ontvangen TIMESTAMPTZ NOT NULL,
    lengte BIGINT NOT NULL,
    sha256 BYTEA NOT NULL UNIQUE,
    archief BIGINT NOT NULL REFERENCES archief (id),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'beslist', 'geparkeerd', 'vervallen')),
    pogingen BIGINT NOT NULL
);
CREATE INDEX inkomend_open ON inkomend (aankomst) WHERE status = 'open';
CREATE INDEX inkomend_geparkeerd ON inkomend (aankomst) WHERE status = 'geparkeerd';

-- What became of a message, once it was judged or parked.
CREATE TABLE uitkomst (
    aankomst BIGINT PRIMARY KEY REFERENCES inkomend (aankomst),
    journaal BIGINT NOT NULL,
    soort SMALLINT,
    release TEXT,
    afzender TEXT,
    gemeente SMALLINT,
    aanbieder INTEGER,
    identificatie TEXT,
    verdict TEXT COLLATE "C" NOT NULL,
    niveau SMALLINT,
    ingediend BIGINT,
    toegekend BIGINT,
    reden TEXT,
    melding BIGINT REFERENCES archief (id),
    json BYTEA NOT NULL
);

-- Every input that changed state, in the order of decision.
CREATE TABLE journaal (
    nummer BIGINT PRIMARY KEY,
    soort TEXT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    register BIGINT NOT NULL,
    regelset TEXT NOT NULL,
    verzoeken TEXT NOT NULL,
    uitgegeven BIGINT NOT NULL,
    aankomst BIGINT REFERENCES inkomend (aankomst),
    wie TEXT,
    waarom TEXT,
    inhoud BIGINT REFERENCES archief (id)
);

CREATE TABLE bevinding (
    journaal BIGINT NOT NULL,
    volgnummer BIGINT NOT NULL,
    niveau SMALLINT NOT NULL,
    regel TEXT COLLATE "C" NOT NULL,
    retourcode TEXT COLLATE "C",
    plaats BIGINT NOT NULL,
    element TEXT NOT NULL,
    waarden TEXT NOT NULL,
    PRIMARY KEY (journaal, volgnummer)
);

CREATE TABLE identificatie (
    afzender TEXT COLLATE "C" NOT NULL,
    soort SMALLINT NOT NULL,
    identificatie TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (afzender, soort, identificatie)
);

-- Clients of accepted JW301s; journaal is that of the newest one.
CREATE TABLE client (
    gemeente SMALLINT NOT NULL,
    bsn INTEGER NOT NULL,
    journaal BIGINT NOT NULL,
    PRIMARY KEY (gemeente, bsn)
);

CREATE TABLE toewijzing (
    sleutel BIGINT PRIMARY KEY,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    categorie SMALLINT,
    code TEXT,
    toewijzingsdatum DATE NOT NULL,
    toewijzingstijd TEXT NOT NULL,
    ingangsdatum DATE NOT NULL,
    einddatum DATE,
    reden_wijziging SMALLINT,
    volume BIGINT,
    eenheid SMALLINT,
    frequentie SMALLINT,
    budget BIGINT,
    referentie_aanbieder TEXT,
    commentaar TEXT,
    journaal BIGINT NOT NULL,
    ontvangst TEXT NOT NULL CHECK (ontvangst IN ('verzonden', 'vastgehouden', 'afgewezen'))
);
CREATE INDEX toewijzing_client ON toewijzing (bsn, gemeente);

-- What was granted on an assignment and not credited; every assignment has a row. Apart from the
-- assignment, because it changes with every claim: room on each page keeps a new version beside the old.
CREATE TABLE besteding (
    toewijzing BIGINT PRIMARY KEY,
    volume BIGINT NOT NULL,
    bedrag BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE verzoek (
    aanbieder INTEGER NOT NULL,
    referentie TEXT COLLATE "C" NOT NULL,
    gemeente SMALLINT NOT NULL,
    bsn INTEGER NOT NULL,
    soort TEXT NOT NULL,
    journaal BIGINT NOT NULL,
    dagtekening DATE NOT NULL,
    ontvangen DATE NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'in-onderzoek', 'gehonoreerd', 'afgewezen')),
    PRIMARY KEY (aanbieder, referentie)
);
CREATE INDEX verzoek_open ON verzoek (bsn, gemeente, aanbieder) WHERE status IN ('open', 'in-onderzoek');

-- A claim; its lines have the numbers from eerste_prestatie on.
CREATE TABLE declaratie (
    id BIGINT PRIMARY KEY,
    aanbieder INTEGER NOT NULL,
    nummer TEXT COLLATE "C" NOT NULL,
    gemeente SMALLINT NOT NULL,
    periode_begin DATE NOT NULL,
    ingediend BIGINT NOT NULL,
    toegekend BIGINT NOT NULL,
    journaal BIGINT NOT NULL,
    eerste_prestatie BIGINT NOT NULL,
    aantal_prestaties BIGINT NOT NULL,
    UNIQUE (aanbieder, nummer)
);
CREATE INDEX declaratie_periode ON declaratie (gemeente, aanbieder, periode_begin);

-- A line of a claim with its verdict. A line that repeats a used reference is not here: its finding
-- tells of it. No foreign keys on this table: it takes the bulk of all writing.
CREATE TABLE prestatie (
    id BIGINT PRIMARY KEY,
    toewijzing BIGINT NOT NULL,
    volume BIGINT NOT NULL,
    tarief BIGINT,
    bedrag BIGINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    begin DATE NOT NULL,
    eind DATE NOT NULL,
    categorie SMALLINT NOT NULL,
    eenheid SMALLINT NOT NULL,
    debet BOOLEAN NOT NULL,
    toegekend BOOLEAN NOT NULL,
    gecrediteerd BOOLEAN NOT NULL,
    vastgehouden BOOLEAN NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    referentie TEXT COLLATE "C" NOT NULL,
    vorig_referentie TEXT COLLATE "C"
);
CREATE UNIQUE INDEX prestatie_referentie ON prestatie (aanbieder, referentie);
-- Granted debits that were not credited (TR389). The day comes first: a month's claims then lie
-- together, however long the history is.
CREATE UNIQUE INDEX prestatie_open_debet ON prestatie (begin, toewijzing, eind, categorie, code)
    WHERE toegekend AND debet AND NOT gecrediteerd;

CREATE TABLE budget_stand (
    sleutel TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bedrag BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE nummerreeks (
    gemeente SMALLINT NOT NULL,
    reeks TEXT COLLATE "C" NOT NULL,
    volgende BIGINT NOT NULL,
    PRIMARY KEY (gemeente, reeks)
);

-- JW301s and JW319s that went to an aanbieder; aanvaard is empty until its retour is there.
CREATE TABLE verzonden (
    soort SMALLINT NOT NULL,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    identificatie TEXT COLLATE "C" NOT NULL,
    toewijzingen TEXT NOT NULL,
    aanvaard BOOLEAN,
    PRIMARY KEY (soort, gemeente, aanbieder, identificatie)
);

CREATE TABLE betaalrun (
    nummer BIGINT PRIMARY KEY,
    journaal BIGINT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    datum DATE NOT NULL
);

CREATE TABLE betaalbestand (
    betaalrun BIGINT NOT NULL REFERENCES betaalrun (nummer),
    volgnummer BIGINT NOT NULL,
    naam TEXT NOT NULL,
    archief BIGINT NOT NULL REFERENCES archief (id),
    PRIMARY KEY (betaalrun, volgnummer)
);

-- The ledger. Only vrijgegeven (journal number) and betaalrun are ever filled in later.
CREATE TABLE boeking (
    id BIGINT PRIMARY KEY,
    aanbieder INTEGER NOT NULL,
    gemeente SMALLINT NOT NULL,
    declaratie_nummer TEXT COLLATE "C" NOT NULL,
    periode_begin DATE NOT NULL,
    vastgehouden BOOLEAN NOT NULL,
    bedrag BIGINT NOT NULL,
    journaal BIGINT NOT NULL,
    vrijgegeven BIGINT,
    betaalrun BIGINT REFERENCES betaalrun (nummer)
);
CREATE INDEX boeking_onbetaald ON boeking (id) WHERE betaalrun IS NULL;
CREATE INDEX boeking_vastgehouden ON boeking (aanbieder, declaratie_nummer)
    WHERE vastgehouden AND vrijgegeven IS NULL;
CREATE INDEX boeking_betaalrun ON boeking (betaalrun) WHERE betaalrun IS NOT NULL;

CREATE FUNCTION boeking_weiger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;
CREATE TRIGGER boeking_eenmaal_betaald BEFORE UPDATE OF betaalrun ON boeking
    FOR EACH ROW WHEN (OLD.betaalrun IS NOT NULL)
    EXECUTE FUNCTION boeking_weiger('boeking is al betaald');
CREATE TRIGGER boeking_onveranderlijk
    BEFORE UPDATE OF aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag, journaal
    ON boeking FOR EACH ROW EXECUTE FUNCTION boeking_weiger('boeking is onveranderlijk');

CREATE TABLE werk (
    id BIGINT PRIMARY KEY,
    reden TEXT COLLATE "C" NOT NULL,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    toewijzing BIGINT,
    vervalt TIMESTAMP,
    verhaal TEXT NOT NULL,
    voorstel TEXT NOT NULL,
    voorstel_sleutel TEXT,
    voorstel_einddatum DATE,
    voorstel_reden TEXT,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'goedgekeurd', 'afgewezen', 'afgehandeld')),
    journaal BIGINT NOT NULL,
    aankomst BIGINT,
    gesloten_journaal BIGINT,
    gesloten_moment TIMESTAMPTZ,
    wie TEXT,
    waarom TEXT
);
CREATE INDEX werk_open ON werk (id) WHERE status = 'open';

CREATE TABLE uitgaand (
    zendnummer BIGINT PRIMARY KEY,
    soort SMALLINT NOT NULL,
    ontvanger TEXT NOT NULL,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    identificatie TEXT COLLATE "C" NOT NULL,
    archief BIGINT NOT NULL REFERENCES archief (id),
    journaal BIGINT NOT NULL,
    gepubliceerd BOOLEAN NOT NULL
);
CREATE INDEX uitgaand_open ON uitgaand (zendnummer) WHERE NOT gepubliceerd;
CREATE INDEX uitgaand_identificatie ON uitgaand (identificatie);

CREATE TABLE registerversie (
    versie BIGINT PRIMARY KEY,
    journaal BIGINT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    sha256 BYTEA NOT NULL
);

CREATE TABLE registerbron (
    versie BIGINT NOT NULL REFERENCES registerversie (versie),
    volgnummer BIGINT NOT NULL,
    naam TEXT NOT NULL,
    archief BIGINT NOT NULL REFERENCES archief (id),
    PRIMARY KEY (versie, volgnummer)
);
