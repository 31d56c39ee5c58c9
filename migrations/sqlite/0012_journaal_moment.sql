-- What was issued at a moment (the clock of --today goes on where it was): without this the whole journal is read
-- at every start.
CREATE INDEX journaal_moment ON journaal (moment);
