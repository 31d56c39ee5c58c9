-- A reference that the database checks costs a look at the row it names, and a lock on it, for every message. The
-- numbers in these columns were drawn or found in the same transaction, no row that is named is ever deleted, and a
-- replay of the journal shows what would be missing. References of rare rows stay.
ALTER TABLE inkomend DROP CONSTRAINT inkomend_archief_fkey;
ALTER TABLE uitkomst DROP CONSTRAINT uitkomst_aankomst_fkey;
ALTER TABLE uitkomst DROP CONSTRAINT uitkomst_melding_fkey;
ALTER TABLE journaal DROP CONSTRAINT journaal_aankomst_fkey;
ALTER TABLE journaal DROP CONSTRAINT journaal_inhoud_fkey;
ALTER TABLE uitgaand DROP CONSTRAINT uitgaand_archief_fkey;
ALTER TABLE keten_inhoud DROP CONSTRAINT keten_inhoud_journaal_fkey;
