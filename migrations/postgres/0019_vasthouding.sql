-- A granted line whose payment waits for a person, or waited (rulings 8.5 and 8.8): one row per line, with the limits that
-- hold it (ids divided by a space; empty when something else holds it) and what became of it. journaal and volgnummer are
-- the order of holding, ontvangen is the day on which its term began, beslist the journal number of the last decision.
CREATE TABLE vasthouding (
    aanbieder INTEGER NOT NULL,
    referentie TEXT COLLATE "C" NOT NULL,
    gemeente SMALLINT NOT NULL,
    declaratie_nummer TEXT COLLATE "C" NOT NULL,
    periode_begin DATE NOT NULL,
    bedrag BIGINT NOT NULL,
    limieten TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('vastgehouden', 'vrijgegeven', 'geweigerd', 'gecrediteerd')),
    journaal BIGINT NOT NULL,
    volgnummer BIGINT NOT NULL,
    ontvangen DATE NOT NULL,
    beslist BIGINT,
    PRIMARY KEY (aanbieder, referentie)
);
CREATE INDEX vasthouding_declaratie ON vasthouding (aanbieder, declaratie_nummer);
CREATE INDEX vasthouding_open ON vasthouding (journaal, volgnummer) WHERE status = 'vastgehouden';

-- Of what was granted under a limit: what is held under it, per aanbieder.
CREATE TABLE limiet_vast (
    sleutel TEXT COLLATE "C" NOT NULL,
    aanbieder INTEGER NOT NULL,
    bedrag BIGINT NOT NULL,
    PRIMARY KEY (sleutel, aanbieder)
);

-- Money that a person refused to pay: a kind of held entry that nothing releases. So processes of the version before,
-- which do not know the column, never pay it.
ALTER TABLE boeking ADD COLUMN geweigerd BOOLEAN NOT NULL DEFAULT false;
CREATE TRIGGER boeking_geweigerd_onveranderlijk BEFORE UPDATE OF geweigerd ON boeking
    FOR EACH ROW EXECUTE FUNCTION boeking_weiger('boeking is onveranderlijk');

-- What is held today. What older rules released stays payable by its mark in the ledger.
INSERT INTO vasthouding (aanbieder, referentie, gemeente, declaratie_nummer, periode_begin, bedrag, limieten, status,
    journaal, volgnummer, ontvangen, beslist)
SELECT d.aanbieder, p.referentie, d.gemeente, d.nummer, d.periode_begin, CASE WHEN p.debet THEN p.bedrag ELSE -p.bedrag END, '',
    'vastgehouden', d.journaal, p.id - d.eerste_prestatie, (j.moment AT TIME ZONE 'Europe/Amsterdam')::date, NULL
FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
JOIN prestatie p ON p.id >= d.eerste_prestatie AND p.id < d.eerste_prestatie + d.aantal_prestaties
WHERE p.vastgehouden AND p.toegekend AND EXISTS (SELECT 1 FROM boeking b
    WHERE b.aanbieder = d.aanbieder AND b.declaratie_nummer = d.nummer AND b.vastgehouden AND b.vrijgegeven IS NULL);
-- A credit that waits with its debit takes it back: neither is anything any more.
UPDATE vasthouding SET status = 'gecrediteerd' WHERE bedrag < 0 AND EXISTS (SELECT 1 FROM prestatie c
    JOIN vasthouding v ON v.aanbieder = c.aanbieder AND v.referentie = c.vorig_referentie
    WHERE c.aanbieder = vasthouding.aanbieder AND c.referentie = vasthouding.referentie);
UPDATE vasthouding SET status = 'gecrediteerd' WHERE bedrag >= 0 AND EXISTS (SELECT 1 FROM vasthouding v
    JOIN prestatie c ON c.aanbieder = v.aanbieder AND c.referentie = v.referentie
    WHERE v.bedrag < 0 AND v.status = 'gecrediteerd'
    AND v.aanbieder = vasthouding.aanbieder AND c.vorig_referentie = vasthouding.referentie);
