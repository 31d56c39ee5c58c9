-- A granted line whose payment waits for a person, or waited (rulings 8.5 and 8.8): one row per line, with the limits that
-- hold it (ids divided by a space; empty when something else holds it) and what became of it. journaal and volgnummer are
-- the order of holding, ontvangen is the day on which its term began, beslist the journal number of the last decision.
CREATE TABLE vasthouding (
    aanbieder INTEGER NOT NULL,
    referentie TEXT NOT NULL,
    gemeente INTEGER NOT NULL,
    declaratie_nummer TEXT NOT NULL,
    periode_begin INTEGER NOT NULL,
    bedrag INTEGER NOT NULL,
    limieten TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('vastgehouden', 'vrijgegeven', 'geweigerd', 'gecrediteerd')),
    journaal INTEGER NOT NULL,
    volgnummer INTEGER NOT NULL,
    ontvangen INTEGER NOT NULL,
    beslist INTEGER,
    PRIMARY KEY (aanbieder, referentie)
) STRICT, WITHOUT ROWID;
CREATE INDEX vasthouding_declaratie ON vasthouding (aanbieder, declaratie_nummer);
CREATE INDEX vasthouding_open ON vasthouding (journaal, volgnummer) WHERE status = 'vastgehouden';

-- Of what was granted under a limit: what is held under it, per aanbieder.
CREATE TABLE limiet_vast (
    sleutel TEXT NOT NULL,
    aanbieder INTEGER NOT NULL,
    bedrag INTEGER NOT NULL,
    PRIMARY KEY (sleutel, aanbieder)
) STRICT, WITHOUT ROWID;

-- Money that a person refused to pay: a kind of held entry that nothing releases. So processes of the version before,
-- which do not know the column, never pay it.
ALTER TABLE boeking ADD COLUMN geweigerd INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER boeking_geweigerd_onveranderlijk BEFORE UPDATE OF geweigerd ON boeking
BEGIN
    SELECT RAISE(ABORT, 'boeking is onveranderlijk');
END;

-- What is held today. What older rules released stays payable by its mark in the ledger.
INSERT INTO vasthouding (aanbieder, referentie, gemeente, declaratie_nummer, periode_begin, bedrag, limieten, status,
    journaal, volgnummer, ontvangen, beslist)
SELECT d.aanbieder, p.referentie, d.gemeente, d.nummer, d.periode_begin, iif(p.debet = 1, p.bedrag, -p.bedrag), '',
    'vastgehouden', d.journaal, p.id - d.eerste_prestatie, j.moment / 86400, NULL
FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
JOIN prestatie p ON p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties
WHERE p.vastgehouden = 1 AND p.toegekend = 1 AND EXISTS (SELECT 1 FROM boeking b
    WHERE b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer AND b.vastgehouden = 1 AND b.vrijgegeven IS NULL);
-- A credit that waits with its debit takes it back: neither is anything any more.
UPDATE vasthouding SET status = 'gecrediteerd' WHERE bedrag < 0 AND EXISTS (SELECT 1 FROM prestatie c
    JOIN vasthouding v ON v.aanbieder = c.aanbieder AND v.referentie = c.vorig_referentie
    WHERE c.aanbieder = vasthouding.aanbieder AND c.referentie = vasthouding.referentie);
UPDATE vasthouding SET status = 'gecrediteerd' WHERE bedrag >= 0 AND EXISTS (SELECT 1 FROM vasthouding v
    JOIN prestatie c ON c.aanbieder = v.aanbieder AND c.referentie = v.referentie
    WHERE v.bedrag < 0 AND v.status = 'gecrediteerd'
    AND v.aanbieder = vasthouding.aanbieder AND c.vorig_referentie = vasthouding.referentie);
