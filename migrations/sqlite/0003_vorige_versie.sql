-- The version of an assignment that the aanbieder had before the newest one, as convert.rs writes it; NULL
-- when there was none. What was stored before this step has none: it counts as new to the aanbieder.
ALTER TABLE toewijzing ADD COLUMN vorige TEXT;
