-- Units: dates are days since 1970-01-01, moments are seconds since 1970-01-01 00:00 on the Dutch
-- clock, amounts are eurocents. Codes that are all digits are integers: gemeente 193 is 0193.
-- The key of an assignment is gemeente * 1000000000 + ToewijzingNummer.
-- Personal data: every column bsn, toewijzing.commentaar and archief.inhoud.

-- Exactly what came in and what went out, as zstd frames.
CREATE TABLE archief (
    id INTEGER PRIMARY KEY,
    lengte INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    inhoud BLOB NOT NULL
) STRICT;

CREATE TABLE inkomend (
    aankomst INTEGER PRIMARY KEY,
    naam TEXT NOT NULL,
    kanaal TEXT,
    ontvangen INTEGER NOT NULL,
    lengte INTEGER NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    archief INTEGER NOT NULL REFERENCES archief (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'beslist', 'geparkeerd', 'vervallen')),
    pogingen INTEGER NOT NULL
) STRICT;
CREATE INDEX inkomend_open ON inkomend (aankomst) WHERE status = 'open';
CREATE INDEX inkomend_geparkeerd ON inkomend (aankomst) WHERE status = 'geparkeerd';

-- What became of a message, once it was judged or parked.
CREATE TABLE uitkomst (
    aankomst INTEGER PRIMARY KEY REFERENCES inkomend (aankomst),
    journaal INTEGER NOT NULL,
    soort INTEGER,
    release TEXT,
    afzender TEXT,
    gemeente INTEGER,
    aanbieder INTEGER,
    identificatie TEXT,
    verdict TEXT NOT NULL,
    niveau INTEGER,
    ingediend INTEGER,
    toegekend INTEGER,
    reden TEXT,
    melding INTEGER REFERENCES archief (id),
    json BLOB NOT NULL
) STRICT;

-- Every input that changed state, in the order of decision.
CREATE TABLE journaal (
    nummer INTEGER PRIMARY KEY,
    soort TEXT NOT NULL,
    moment INTEGER NOT NULL,
    register INTEGER NOT NULL,
    regelset TEXT NOT NULL,
    verzoeken TEXT NOT NULL,
    uitgegeven INTEGER NOT NULL,
    aankomst INTEGER REFERENCES inkomend (aankomst),
    wie TEXT,
    waarom TEXT,
    inhoud INTEGER REFERENCES archief (id)
) STRICT;

CREATE TABLE bevinding (
    journaal INTEGER NOT NULL,
    volgnummer INTEGER NOT NULL,
    niveau INTEGER NOT NULL,
    regel TEXT NOT NULL,
    retourcode TEXT,
    plaats INTEGER NOT NULL,
    element TEXT NOT NULL,
    waarden TEXT NOT NULL,
    PRIMARY KEY (journaal, volgnummer)
) STRICT, WITHOUT ROWID;

CREATE TABLE identificatie (
    afzender TEXT NOT NULL,
    soort INTEGER NOT NULL,
    identificatie TEXT NOT NULL,
    PRIMARY KEY (afzender, soort, identificatie)
) STRICT, WITHOUT ROWID;

-- Clients of accepted JW301s; journaal is that of the newest one.
CREATE TABLE client (
    gemeente INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    journaal INTEGER NOT NULL,
    PRIMARY KEY (gemeente, bsn)
) STRICT, WITHOUT ROWID;

CREATE TABLE toewijzing (
    sleutel INTEGER PRIMARY KEY,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    categorie INTEGER,
    code TEXT,
    toewijzingsdatum INTEGER NOT NULL,
    toewijzingstijd TEXT NOT NULL,
    ingangsdatum INTEGER NOT NULL,
    einddatum INTEGER,
    reden_wijziging INTEGER,
    volume INTEGER,
    eenheid INTEGER,
    frequentie INTEGER,
    budget INTEGER,
    referentie_aanbieder TEXT,
    commentaar TEXT,
    journaal INTEGER NOT NULL,
    ontvangst TEXT NOT NULL CHECK (ontvangst IN ('verzonden', 'vastgehouden', 'afgewezen')),
    -- All of it as one text, the way facts are loaded: fields divided by U+001F, NULL as U+001D. An
    -- assignment is written once and read every month; without this, reading takes thrice as long.
    feiten TEXT NOT NULL AS (concat_ws(char(31), sleutel, aanbieder, bsn, ifnull(categorie, char(29)),
        ifnull(code, char(29)), toewijzingsdatum, toewijzingstijd, ingangsdatum, ifnull(einddatum, char(29)),
        ifnull(reden_wijziging, char(29)), ifnull(volume, char(29)), ifnull(eenheid, char(29)),
        ifnull(frequentie, char(29)), ifnull(budget, char(29)), ifnull(referentie_aanbieder, char(29)),
        ifnull(commentaar, char(29)), journaal, ontvangst)) STORED
) STRICT;
CREATE INDEX toewijzing_client ON toewijzing (bsn, gemeente);

-- What was granted on an assignment and not credited; every assignment has a row. Apart from the
-- assignment, because it changes with every claim and so stays on few pages.
CREATE TABLE besteding (
    toewijzing INTEGER PRIMARY KEY,
    volume INTEGER NOT NULL,
    bedrag INTEGER NOT NULL
) STRICT;

CREATE TABLE verzoek (
    aanbieder INTEGER NOT NULL,
    referentie TEXT NOT NULL,
    gemeente INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    soort TEXT NOT NULL,
    journaal INTEGER NOT NULL,
    dagtekening INTEGER NOT NULL,
    ontvangen INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'in-onderzoek', 'gehonoreerd', 'afgewezen')),
    PRIMARY KEY (aanbieder, referentie)
) STRICT, WITHOUT ROWID;
CREATE INDEX verzoek_open ON verzoek (bsn, gemeente, aanbieder) WHERE status IN ('open', 'in-onderzoek');

-- A claim; its lines have the numbers from eerste_prestatie on.
CREATE TABLE declaratie (
    id INTEGER PRIMARY KEY,
    aanbieder INTEGER NOT NULL,
    nummer TEXT NOT NULL,
    gemeente INTEGER NOT NULL,
    periode_begin INTEGER NOT NULL,
    ingediend INTEGER NOT NULL,
    toegekend INTEGER NOT NULL,
    journaal INTEGER NOT NULL,
    eerste_prestatie INTEGER NOT NULL,
    aantal_prestaties INTEGER NOT NULL,
    UNIQUE (aanbieder, nummer)
) STRICT;
CREATE INDEX declaratie_periode ON declaratie (gemeente, aanbieder, periode_begin);

-- A line of a claim with its verdict. A line that repeats a used reference is not here: its finding
-- tells of it. No foreign keys on this table: it takes the bulk of all writing.
CREATE TABLE prestatie (
    id INTEGER PRIMARY KEY,
    aanbieder INTEGER NOT NULL,
    referentie TEXT NOT NULL,
    vorig_referentie TEXT,
    toewijzing INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    categorie INTEGER NOT NULL,
    code TEXT NOT NULL,
    begin INTEGER NOT NULL,
    eind INTEGER NOT NULL,
    volume INTEGER NOT NULL,
    eenheid INTEGER NOT NULL,
    tarief INTEGER,
    bedrag INTEGER NOT NULL,
    debet INTEGER NOT NULL,
    toegekend INTEGER NOT NULL,
    gecrediteerd INTEGER NOT NULL,
    vastgehouden INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX prestatie_referentie ON prestatie (aanbieder, referentie);
-- Granted debits that were not credited (TR389). The day comes first: a month's claims then lie
-- together, however long the history is.
CREATE UNIQUE INDEX prestatie_open_debet ON prestatie (begin, toewijzing, eind, categorie, code)
    WHERE toegekend = 1 AND debet = 1 AND gecrediteerd = 0;

CREATE TABLE budget_stand (
    sleutel TEXT NOT NULL PRIMARY KEY,
    bedrag INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE nummerreeks (
    gemeente INTEGER NOT NULL,
    reeks TEXT NOT NULL,
    volgende INTEGER NOT NULL,
    PRIMARY KEY (gemeente, reeks)
) STRICT, WITHOUT ROWID;

-- JW301s and JW319s that went to an aanbieder; aanvaard is empty until its retour is there.
CREATE TABLE verzonden (
    soort INTEGER NOT NULL,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    identificatie TEXT NOT NULL,
    toewijzingen TEXT NOT NULL,
    aanvaard INTEGER,
    PRIMARY KEY (soort, gemeente, aanbieder, identificatie)
) STRICT, WITHOUT ROWID;

CREATE TABLE betaalrun (
    nummer INTEGER PRIMARY KEY,
    journaal INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    datum INTEGER NOT NULL
) STRICT;

CREATE TABLE betaalbestand (
    betaalrun INTEGER NOT NULL REFERENCES betaalrun (nummer),
    volgnummer INTEGER NOT NULL,
    naam TEXT NOT NULL,
    archief INTEGER NOT NULL REFERENCES archief (id),
    PRIMARY KEY (betaalrun, volgnummer)
) STRICT, WITHOUT ROWID;

-- The ledger. Only vrijgegeven (journal number) and betaalrun are ever filled in later.
CREATE TABLE boeking (
    id INTEGER PRIMARY KEY,
    aanbieder INTEGER NOT NULL,
    gemeente INTEGER NOT NULL,
    declaratie_nummer TEXT NOT NULL,
    periode_begin INTEGER NOT NULL,
    vastgehouden INTEGER NOT NULL,
    bedrag INTEGER NOT NULL,
    journaal INTEGER NOT NULL,
    vrijgegeven INTEGER,
    betaalrun INTEGER REFERENCES betaalrun (nummer)
) STRICT;
CREATE INDEX boeking_onbetaald ON boeking (id) WHERE betaalrun IS NULL;
CREATE INDEX boeking_vastgehouden ON boeking (aanbieder, declaratie_nummer)
    WHERE vastgehouden = 1 AND vrijgegeven IS NULL;
CREATE INDEX boeking_betaalrun ON boeking (betaalrun) WHERE betaalrun IS NOT NULL;

CREATE TRIGGER boeking_eenmaal_betaald BEFORE UPDATE OF betaalrun ON boeking
WHEN OLD.betaalrun IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'boeking is al betaald');
END;

CREATE TRIGGER boeking_onveranderlijk
BEFORE UPDATE OF aanbieder, gemeente, declaratie_nummer, periode_begin, vastgehouden, bedrag, journaal ON boeking
BEGIN
    SELECT RAISE(ABORT, 'boeking is onveranderlijk');
END;

CREATE TABLE werk (
    id INTEGER PRIMARY KEY,
    reden TEXT NOT NULL,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    toewijzing INTEGER,
    vervalt INTEGER,
    verhaal TEXT NOT NULL,
    voorstel TEXT NOT NULL,
    voorstel_sleutel TEXT,
    voorstel_einddatum INTEGER,
    voorstel_reden TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'goedgekeurd', 'afgewezen', 'afgehandeld')),
    journaal INTEGER NOT NULL,
    aankomst INTEGER,
    gesloten_journaal INTEGER,
    gesloten_moment INTEGER,
    wie TEXT,
    waarom TEXT
) STRICT;
CREATE INDEX werk_open ON werk (id) WHERE status = 'open';

CREATE TABLE uitgaand (
    zendnummer INTEGER PRIMARY KEY,
    soort INTEGER NOT NULL,
    ontvanger TEXT NOT NULL,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    identificatie TEXT NOT NULL,
    archief INTEGER NOT NULL REFERENCES archief (id),
    journaal INTEGER NOT NULL,
    gepubliceerd INTEGER NOT NULL
) STRICT;
CREATE INDEX uitgaand_open ON uitgaand (zendnummer) WHERE gepubliceerd = 0;
CREATE INDEX uitgaand_identificatie ON uitgaand (identificatie);

CREATE TABLE registerversie (
    versie INTEGER PRIMARY KEY,
    journaal INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;

CREATE TABLE registerbron (
    versie INTEGER NOT NULL REFERENCES registerversie (versie),
    volgnummer INTEGER NOT NULL,
    naam TEXT NOT NULL,
    archief INTEGER NOT NULL REFERENCES archief (id),
    PRIMARY KEY (versie, volgnummer)
) STRICT, WITHOUT ROWID;
