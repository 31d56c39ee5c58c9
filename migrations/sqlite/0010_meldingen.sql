-- Notices that the sender of a message still has to get. Those from before this step lie in the folder of
-- parked messages and are not sent.
ALTER TABLE uitkomst ADD COLUMN gemeld INTEGER NOT NULL DEFAULT 0;
UPDATE uitkomst SET gemeld = 1 WHERE melding IS NOT NULL;
CREATE INDEX uitkomst_te_melden ON uitkomst (aankomst) WHERE melding IS NOT NULL AND gemeld = 0;
