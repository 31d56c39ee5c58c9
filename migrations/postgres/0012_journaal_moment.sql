-- What was issued at a moment (the clock of --today goes on where it was): without this the whole journal is read
-- at every start. Moments rise with the numbers, so a summary per block of pages is enough: it costs writing nothing,
-- and making it takes a tenth of a second per million entries.
CREATE INDEX journaal_moment ON journaal USING brin (moment) WITH (pages_per_range = 32, autosummarize = on);
