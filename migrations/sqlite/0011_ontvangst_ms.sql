-- How long a sender waits for an answer is measured in milliseconds: those of the moment of receipt, whose
-- seconds are in `ontvangen`. Empty when a message came in before this step.
ALTER TABLE inkomend ADD COLUMN ontvangen_ms INTEGER;
