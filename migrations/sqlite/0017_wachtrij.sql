-- The embedded store has one process that decides, and its rows stay in their place when they change: what waits
-- stands with what came in.
SELECT 1;
