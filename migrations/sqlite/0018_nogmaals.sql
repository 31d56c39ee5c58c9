-- Known is what has the same bytes and came from the same sender: the same bytes from another sender are another message
-- (rulings 1.4). The uniqueness of a column cannot be taken away here, so the table is made anew with all that is in it;
-- for that this step runs without looking at references, and asks for room on the disk first.
CREATE TABLE inkomend_nieuw (
    aankomst INTEGER PRIMARY KEY,
    naam TEXT NOT NULL,
    -- The authenticated sender; empty for what no sender delivered.
    kanaal TEXT,
    ontvangen INTEGER NOT NULL,
    lengte INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    archief INTEGER NOT NULL REFERENCES archief (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'beslist', 'geparkeerd', 'vervallen')),
    pogingen INTEGER NOT NULL,
    gemeente INTEGER,
    aanbieder INTEGER,
    ontvangen_ms INTEGER
) STRICT;
INSERT INTO inkomend_nieuw (aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen, gemeente,
    aanbieder, ontvangen_ms)
SELECT aankomst, naam, kanaal, ontvangen, lengte, sha256, archief, status, pogingen, gemeente, aanbieder, ontvangen_ms
FROM inkomend ORDER BY aankomst;
DROP TABLE inkomend;
ALTER TABLE inkomend_nieuw RENAME TO inkomend;
CREATE INDEX inkomend_open ON inkomend (aankomst) WHERE status = 'open';
CREATE INDEX inkomend_geparkeerd ON inkomend (aankomst) WHERE status = 'geparkeerd';
CREATE UNIQUE INDEX inkomend_bekend ON inkomend (sha256, ifnull(kanaal, ''));

-- What left before and leaves once more, because its message came again or a person asked for it (rulings 8.13): how long
-- its sender waited for it is measured the first time only.
CREATE TABLE herhaling (zendnummer INTEGER PRIMARY KEY) STRICT;
