-- The first Identificatie that a decision could hand out: workers reserve them in blocks, so replay needs it. Empty
-- for what was decided before, when the order of the journal was the order of the numbers.
ALTER TABLE journaal ADD COLUMN eerste_identificatie INTEGER;
