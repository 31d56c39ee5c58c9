-- What a gemeente or an aanbieder is told of a decision: at most one for each receiver and entry of the journal.
CREATE TABLE kennisgeving (
    journaal BIGINT NOT NULL,
    ontvanger TEXT NOT NULL,
    inhoud TEXT NOT NULL,
    verzonden BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (journaal, ontvanger)
);

CREATE INDEX kennisgeving_open ON kennisgeving (journaal, ontvanger) WHERE NOT verzonden;

-- Whether the payments of an assignment that was let through beyond one trajectory at a fixed price go with it; empty for
-- every other.
ALTER TABLE toewijzing ADD COLUMN vrijgegeven BOOLEAN;

-- When a gemeente was last told that an assignment of it waits.
CREATE INDEX journaal_termijn ON journaal (aankomst) WHERE soort = 'termijn';
