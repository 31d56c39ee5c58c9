-- What was removed lawfully stands in the chain and in the journal; nothing was ever kept here.
DROP TABLE verwijderd;
