-- A type that only the server store has.
SELECT 1;
