-- The requests that a message to an aanbieder answered, as convert.rs writes them: when the aanbieder
-- rejects the message they are open again. From this step on verzonden.toewijzingen tells of each
-- assignment which version went, and toewijzing.vorige may hold more than one version.
ALTER TABLE verzonden ADD COLUMN verzoeken TEXT NOT NULL DEFAULT '[]';
