-- Work items that gather what is only to be known (rulings 8.4), and those about lines whose rate is another since. groep says
-- what one gathers; gevraagd and te_veel are eurocents, and what one that gathers asked is the sum over its lines. What is empty was made before
-- these were kept, or has none.
ALTER TABLE werk ADD COLUMN groep TEXT;
ALTER TABLE werk ADD COLUMN gevraagd BIGINT;
ALTER TABLE werk ADD COLUMN te_veel BIGINT;
CREATE UNIQUE INDEX werk_groep ON werk (groep) WHERE groep IS NOT NULL;

-- What such an item is about, one by one: a message, or a line of a claim. vervallen is the journal number since which it
-- counts no more.
CREATE TABLE werkregel (
    werk BIGINT NOT NULL,
    nummer BIGINT NOT NULL,
    journaal BIGINT NOT NULL,
    gemeente SMALLINT NOT NULL,
    aanbieder INTEGER NOT NULL,
    toewijzing BIGINT,
    bericht TEXT NOT NULL,
    referentie TEXT,
    tekst TEXT NOT NULL,
    bedrag BIGINT,
    nieuw BIGINT,
    vervallen BIGINT,
    PRIMARY KEY (werk, nummer)
);
CREATE INDEX werkregel_toewijzing ON werkregel (toewijzing) WHERE toewijzing IS NOT NULL AND vervallen IS NULL;
CREATE INDEX werkregel_referentie ON werkregel (aanbieder, referentie) WHERE referentie IS NOT NULL AND vervallen IS NULL;
