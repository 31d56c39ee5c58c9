-- Nights of a child, wherever it was (rulings 8.12).
CREATE INDEX prestatie_nacht ON prestatie (bsn, begin) WHERE eenheid = 14 AND toegekend = 1 AND debet = 1 AND gecrediteerd = 0;
