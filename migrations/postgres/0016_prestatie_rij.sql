-- A line of a claim as it is handed over to be written. A type of its own: columns that the table gets later are
-- nothing to processes that run on.
CREATE TYPE prestatie_rij AS (
    id BIGINT,
    aanbieder INTEGER,
    referentie TEXT,
    vorig_referentie TEXT,
    toewijzing BIGINT,
    bsn INTEGER,
    categorie SMALLINT,
    code TEXT,
    begin DATE,
    eind DATE,
    volume BIGINT,
    eenheid SMALLINT,
    tarief BIGINT,
    bedrag BIGINT,
    debet BOOLEAN,
    toegekend BOOLEAN,
    gecrediteerd BOOLEAN,
    vastgehouden BOOLEAN
);
