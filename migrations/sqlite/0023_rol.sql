-- In which role somebody acted, for inputs that are no message; empty for what was recorded before roles were kept.
ALTER TABLE journaal ADD COLUMN rol TEXT;
