-- What assignments promise of limits (rulings 8.3): per assignment and limit, and summed per limit.
CREATE TABLE toezegging (
    toewijzing BIGINT NOT NULL,
    limiet TEXT NOT NULL,
    verwacht BIGINT,
    toegekend BIGINT NOT NULL,
    PRIMARY KEY (toewijzing, limiet)
);

CREATE TABLE toegezegd (
    sleutel TEXT NOT NULL PRIMARY KEY,
    bedrag BIGINT NOT NULL,
    onbekend BIGINT NOT NULL,
    gemeld BIGINT,
    gemeld_betaling BIGINT,
    gewaarschuwd BIGINT
);

-- Messages whose limits are still to be followed, by journal number.
CREATE TABLE te_volgen (
    journaal BIGINT PRIMARY KEY,
    inhoud TEXT NOT NULL
);

-- Up to where everything was followed: one row, or none.
CREATE TABLE gevolgd (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    maand BIGINT NOT NULL,
    register BIGINT NOT NULL
);
