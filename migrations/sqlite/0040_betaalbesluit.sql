-- What people decided about paying, in the order of the journal: an aanbieder (aanbieder), an account (iban) or a claim (aanbieder and
-- declaratie) is blocked or let go; an account was checked by calling back (aanbieder and iban). Rows never change: what holds now
-- follows from all of them.
CREATE TABLE betaalbesluit (
    journaal INTEGER PRIMARY KEY,
    daad TEXT NOT NULL,
    aanbieder INTEGER,
    iban TEXT,
    declaratie TEXT
) STRICT;
CREATE TRIGGER betaalbesluit_vast BEFORE UPDATE ON betaalbesluit
BEGIN
    SELECT RAISE(ABORT, 'betaalbesluit is onveranderlijk');
END;
CREATE TRIGGER betaalbesluit_blijft BEFORE DELETE ON betaalbesluit
BEGIN
    SELECT RAISE(ABORT, 'betaalbesluit is onveranderlijk');
END;

-- Which of the files of its run a transfer stands in, from 1 up; none of runs that always had one file.
ALTER TABLE betaling ADD COLUMN deel INTEGER;
