-- What people decided about paying, in the order of the journal: an aanbieder (aanbieder), an account (iban) or a claim (aanbieder and
-- declaratie) is blocked or let go; an account was checked by calling back (aanbieder and iban). Rows never change: what holds now
-- follows from all of them.
CREATE TABLE betaalbesluit (
    journaal BIGINT PRIMARY KEY,
    daad TEXT COLLATE "C" NOT NULL,
    aanbieder INTEGER,
    iban TEXT COLLATE "C",
    declaratie TEXT COLLATE "C"
);
CREATE TRIGGER betaalbesluit_vast BEFORE UPDATE OR DELETE ON betaalbesluit
    FOR EACH ROW EXECUTE FUNCTION grootboek_weiger();
CREATE TRIGGER betaalbesluit_leeg BEFORE TRUNCATE ON betaalbesluit
    FOR EACH STATEMENT EXECUTE FUNCTION grootboek_weiger();

-- Which of the files of its run a transfer stands in, from 1 up; none of runs that always had one file.
ALTER TABLE betaling ADD COLUMN deel BIGINT;
