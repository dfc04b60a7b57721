-- The visits that count for desks, with who made each and what it scored: read from the index alone. It is spelled out in the statement that uses
-- it; an arrival writes nothing to it.
CREATE INDEX visit_behind ON visit (branch_id, month, shopper_id, score)
    WHERE state IN ('approved', 'released', 'final') AND score IS NOT NULL;
