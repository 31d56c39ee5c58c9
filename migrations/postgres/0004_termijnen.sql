-- When a message went to an aanbieder: the journal number of what sent it. The three working days for its
-- retour run from that moment (OP090).
ALTER TABLE verzonden ADD COLUMN journaal BIGINT;
UPDATE verzonden SET journaal = (
    SELECT max(u.journaal) FROM uitgaand u
    WHERE u.identificatie = verzonden.identificatie AND u.soort = verzonden.soort
    AND u.gemeente = verzonden.gemeente AND u.aanbieder = verzonden.aanbieder
);
CREATE INDEX verzonden_zonder_retour ON verzonden (journaal) WHERE aanvaard IS NULL;
-- Work items by what they are about: they close with what settles it, and no term is told of twice.
CREATE INDEX werk_sleutel ON werk (aanbieder, voorstel_sleutel) WHERE voorstel_sleutel IS NOT NULL;
CREATE INDEX werk_aankomst ON werk (aankomst) WHERE aankomst IS NOT NULL;
