-- Known is what has the same bytes and came from the same sender: the same bytes from another sender are another message
-- (rulings 1.4). The new index comes first, and serves processes of the version before as the old one did: what two of
-- them store at the same moment is the same message by this key as well, and one is refused; what they look up by its
-- bytes alone is found by the first column. To them bytes are known whoever sent them, until they are replaced.
-- Both stand still for as long as the index is made: the lock that the last statement needs is taken first, because two
-- who each wait for more than they have would wait for each other.
LOCK TABLE inkomend IN ACCESS EXCLUSIVE MODE;
CREATE UNIQUE INDEX inkomend_bekend ON inkomend (sha256, (coalesce(kanaal, '') COLLATE "C"));
ALTER TABLE inkomend DROP CONSTRAINT inkomend_sha256_key;

-- What left before and leaves once more, because its message came again or a person asked for it (rulings 8.13): how long
-- its sender waited for it is measured the first time only. A table of its own, without reference: a column, or a
-- reference, of `uitgaand` would have to wait for that table while it holds the other.
CREATE TABLE herhaling (zendnummer BIGINT PRIMARY KEY);
