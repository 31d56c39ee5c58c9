-- Where something stands is looked up by the numbers that people know it by (`happyflow status`).
CREATE INDEX uitkomst_identificatie ON uitkomst (identificatie) WHERE identificatie IS NOT NULL;
CREATE INDEX declaratie_regels ON declaratie (aanbieder, eerste_prestatie);
CREATE INDEX boeking_declaratie ON boeking (aanbieder, declaratie_nummer);
-- The newest ones of an aanbieder: what was rejected as a whole stands under none of its own numbers (rulings 1.2).
CREATE INDEX uitkomst_afgekeurd ON uitkomst (aanbieder, aankomst) WHERE verdict IN ('rejected', 'partial');
