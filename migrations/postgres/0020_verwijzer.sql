-- Who referred the child (TypeVerwijzer), with a request and with the assignments that it led to. Empty where it is not
-- known: taken over from a previous system, or no request at all. Requests of before this step are filled from their
-- messages when the rules of this version begin.
ALTER TABLE verzoek ADD COLUMN verwijzer SMALLINT;
ALTER TABLE toewijzing ADD COLUMN verwijzer SMALLINT;
