-- Several workers decide side by side. The relatie of a message that waits is known before it is judged: 0
-- and 0 when it cannot be read, empty when it came in before this step.
ALTER TABLE inkomend ADD COLUMN gemeente SMALLINT;
ALTER TABLE inkomend ADD COLUMN aanbieder INTEGER;
CREATE INDEX inkomend_te_beslissen ON inkomend (aanbieder, aankomst) WHERE status = 'open';
-- The first of the numbers that a decision handed out: workers draw them in turns, so replay needs them.
ALTER TABLE journaal ADD COLUMN eerste_zendnummer BIGINT;
ALTER TABLE journaal ADD COLUMN eerste_werk BIGINT;
