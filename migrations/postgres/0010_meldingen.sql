-- Notices that the sender of a message still has to get.
ALTER TABLE uitkomst ADD COLUMN gemeld BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX uitkomst_te_melden ON uitkomst (aankomst) WHERE melding IS NOT NULL AND NOT gemeld;
