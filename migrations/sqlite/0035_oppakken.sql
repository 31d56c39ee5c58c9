-- Who works on a work item at the console. Outside the journal: nothing is decided by it.
CREATE TABLE opgepakt (
    werk INTEGER NOT NULL PRIMARY KEY,
    wie TEXT NOT NULL,
    sinds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which entries of the journal are notes on which work item; what they say, and who says it, stands there.
CREATE TABLE notitie (
    werk INTEGER NOT NULL,
    journaal INTEGER NOT NULL,
    PRIMARY KEY (werk, journaal)
) STRICT, WITHOUT ROWID;

-- Items that somebody closed after a preview.
CREATE INDEX werk_gesloten ON werk (gesloten_journaal);
