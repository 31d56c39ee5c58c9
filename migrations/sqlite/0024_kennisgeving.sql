-- What a gemeente or an aanbieder is told of a decision: at most one for each receiver and entry of the journal.
CREATE TABLE kennisgeving (
    journaal INTEGER NOT NULL,
    ontvanger TEXT NOT NULL,
    inhoud TEXT NOT NULL,
    verzonden INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (journaal, ontvanger)
) STRICT, WITHOUT ROWID;

CREATE INDEX kennisgeving_open ON kennisgeving (journaal, ontvanger) WHERE verzonden = 0;

-- Whether the payments of an assignment that was let through beyond one trajectory at a fixed price go with it; empty for
-- every other.
ALTER TABLE toewijzing ADD COLUMN vrijgegeven INTEGER;

-- When a gemeente was last told that an assignment of it waits.
CREATE INDEX journaal_termijn ON journaal (aankomst) WHERE soort = 'termijn';
