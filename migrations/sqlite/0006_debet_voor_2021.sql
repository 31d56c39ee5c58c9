-- Releases before 3.0 have no rule against a second debit of the same period (TR389 came with JW323): granted
-- debits that began before 2021 (day 18628) may repeat, so each of those counts by its own number.
DROP INDEX prestatie_open_debet;
CREATE UNIQUE INDEX prestatie_open_debet ON prestatie
    (begin, toewijzing, eind, categorie, code, (CASE WHEN begin < 18628 THEN id ELSE 0 END))
    WHERE toegekend = 1 AND debet = 1 AND gecrediteerd = 0;
