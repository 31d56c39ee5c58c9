-- Lists of the console that somebody gave a name. Outside the journal: nothing is decided by it.
CREATE TABLE weergave (
    wie TEXT NOT NULL,
    naam TEXT NOT NULL,
    -- Path and filter of the list, never the number of a person.
    adres TEXT NOT NULL,
    PRIMARY KEY (wie, naam)
);
