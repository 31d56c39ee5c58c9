-- Known is what has the same bytes and came from the same sender: the same bytes from another sender are another message
-- (rulings 1.4). The new index comes first, and serves processes of the version before as the old one did: what two of
-- them store at the same moment is the same message by this key as well, and one is refused; what they look up by its
-- bytes alone is found by the first column. To them bytes are known whoever sent them, until they are replaced.
-- Both stand still for as long as the index is made: the lock that the last statement needs is taken first, because two
-- who each wait for more than they have would wait for each other.
LOCK TABLE inkomend IN ACCESS EXCLUSIVE MODE;
CREATE UNIQUE INDEX inkomend_bekend ON inkomend (sha256, (coalesce(kanaal, '') COLLATE "C"));
ALTER TABLE inkomend DROP CONSTRAINT inkomend_sha256_key;
