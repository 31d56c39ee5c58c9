-- Starts and stops that an aanbieder reported and did not remove. eind and reden are empty for a
-- start; toewijzing is empty when taakgericht, categorie and code as in the message.
CREATE TABLE levering (
    id INTEGER PRIMARY KEY,
    gemeente INTEGER NOT NULL,
    aanbieder INTEGER NOT NULL,
    bsn INTEGER NOT NULL,
    toewijzing INTEGER,
    categorie INTEGER,
    code TEXT,
    begin INTEGER NOT NULL,
    eind INTEGER,
    reden TEXT,
    journaal INTEGER NOT NULL
) STRICT;
-- The logical key. No value is negative or empty, so these stand for an absent one.
CREATE UNIQUE INDEX levering_sleutel ON levering (
    bsn, gemeente, aanbieder, begin, ifnull(toewijzing, -1), ifnull(categorie, -1), ifnull(code, ''),
    ifnull(eind, ''), ifnull(reden, '')
);
