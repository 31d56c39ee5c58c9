-- Contract files that somebody gave to the console, until they are taken over or their proposal ends. Outside the journal: what is
-- taken over is a version of the register with its own files.
CREATE TABLE aanbod (
    -- Drawn; not to be guessed.
    sleutel TEXT NOT NULL PRIMARY KEY,
    wie TEXT NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    -- The files, one behind the other.
    inhoud BYTEA NOT NULL
);

-- What is only to be known and is quiet for a while. Outside the journal: the work item stays open, and nothing is decided by it.
CREATE TABLE stil (
    -- One work item, or one kind of notice about one aanbieder.
    sleutel TEXT NOT NULL PRIMARY KEY,
    werk BIGINT,
    reden TEXT NOT NULL,
    aanbieder INTEGER NOT NULL,
    -- How far it was over: it speaks again above this, or where it has no amount with more lines than these.
    te_veel BIGINT NOT NULL,
    regels BIGINT NOT NULL,
    -- The last day.
    tot DATE NOT NULL,
    wie TEXT NOT NULL,
    waarom TEXT NOT NULL,
    sinds TIMESTAMPTZ NOT NULL
);
CREATE INDEX stil_werk ON stil (werk);
CREATE INDEX stil_reden ON stil (reden, aanbieder);

-- By whatever way an item closes or opens again: nobody works on it any more, and it is quiet no more.
CREATE FUNCTION werk_laat_los() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM opgepakt WHERE werk = NEW.id;
    DELETE FROM stil WHERE werk = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER werk_laat_los AFTER UPDATE OF status ON werk
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION werk_laat_los();
