-- What waits for a decision stands apart from what came in: a message leaves this table when it is decided, and its
-- row in `inkomend` is not written again. Every attempt and every decision used to leave an old version of that row
-- behind, with new entries in its indexes.
CREATE TABLE wachtrij (
    aankomst BIGINT PRIMARY KEY,
    -- As in `inkomend`.
    aanbieder INTEGER,
    lengte BIGINT NOT NULL,
    pogingen BIGINT NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX wachtrij_aanbieder ON wachtrij (aanbieder, aankomst);

-- Processes of the version before store what waits as 'open' in `inkomend`. Whoever decides next takes it over: from
-- this step on `inkomend.status` is where a message stands once it waits no longer.
CREATE FUNCTION neem_over() RETURNS VOID LANGUAGE sql AS $$
    WITH oud AS (
        UPDATE inkomend SET status = 'beslist' WHERE status = 'open' RETURNING aankomst, aanbieder, lengte, pogingen
    )
    INSERT INTO wachtrij (aankomst, aanbieder, lengte, pogingen) SELECT aankomst, aanbieder, lengte, pogingen FROM oud
$$;
SELECT neem_over();
