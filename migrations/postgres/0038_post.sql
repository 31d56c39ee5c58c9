-- What people are told by mail. Outside the journal: nothing is decided by it. Nothing in it names a person that care is about.
CREATE TABLE melding (
    -- What it is about, the same as long as it lasts.
    sleutel TEXT NOT NULL PRIMARY KEY,
    soort TEXT NOT NULL,
    tekst TEXT NOT NULL,
    -- The work item that it is about: who took that, took this.
    werk BIGINT,
    sinds TIMESTAMPTZ NOT NULL,
    -- Who took it upon himself: then it is not told again.
    genomen TIMESTAMPTZ,
    genomen_door TEXT,
    -- When it was over; empty while it lasts.
    voorbij TIMESTAMPTZ
);
CREATE INDEX melding_sinds ON melding (sinds);

-- How far the mail about it is, for each receiver.
CREATE TABLE melding_post (
    sleutel TEXT NOT NULL,
    aan TEXT NOT NULL,
    gemeld TIMESTAMPTZ,
    keren BIGINT NOT NULL,
    -- Until when a process is at it, or when it is tried again.
    bezig TIMESTAMPTZ,
    -- Why it did not go.
    mislukt TEXT,
    PRIMARY KEY (sleutel, aan)
);

-- Who acts for whom at the console, and until when. Outside the journal: nothing is decided by it.
CREATE TABLE vervanging (
    -- Who is away; one acts for each.
    wie TEXT NOT NULL PRIMARY KEY,
    door TEXT NOT NULL,
    -- The last day.
    tot DATE NOT NULL
);
CREATE INDEX vervanging_door ON vervanging (door);
CREATE INDEX vervanging_tot ON vervanging (tot);
