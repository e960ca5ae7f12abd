-- Format 5: what has measured a model never trains one.

-- On which side of the split for training an image was, by its content, so that it is known
-- again wherever it turns up.
CREATE TABLE split_side (
    content_sha256 TEXT PRIMARY KEY,
    side           TEXT NOT NULL CHECK (side IN ('training', 'validation', 'test')),
    since          TEXT NOT NULL                    -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;
