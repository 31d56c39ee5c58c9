-- The version of an assignment that the aanbieder had before the newest one, as convert.rs writes it; NULL
-- when there was none.
ALTER TABLE toewijzing ADD COLUMN vorige TEXT;
