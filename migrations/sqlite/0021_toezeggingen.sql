-- What assignments promise of limits (rulings 8.3): per assignment and limit, and summed per limit.
CREATE TABLE toezegging (
    toewijzing INTEGER NOT NULL,
    limiet TEXT NOT NULL,
    verwacht INTEGER,
    toegekend INTEGER NOT NULL,
    PRIMARY KEY (toewijzing, limiet)
) STRICT, WITHOUT ROWID;

CREATE TABLE toegezegd (
    sleutel TEXT NOT NULL PRIMARY KEY,
    bedrag INTEGER NOT NULL,
    onbekend INTEGER NOT NULL,
    gemeld INTEGER,
    gemeld_betaling INTEGER,
    gewaarschuwd INTEGER
) STRICT, WITHOUT ROWID;

-- Messages whose limits are still to be followed, by journal number.
CREATE TABLE te_volgen (
    journaal INTEGER PRIMARY KEY,
    inhoud TEXT NOT NULL
) STRICT;

-- Up to where everything was followed: one row, or none.
CREATE TABLE gevolgd (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    maand INTEGER NOT NULL,
    register INTEGER NOT NULL
) STRICT;
