-- What a gemeente or an aanbieder was told, newest first.
CREATE INDEX kennisgeving_ontvanger ON kennisgeving (ontvanger, journaal);

-- What gemeenten said of assignments that wait.
CREATE INDEX journaal_gemeente ON journaal (aankomst, nummer) WHERE rol = 'gemeente';
