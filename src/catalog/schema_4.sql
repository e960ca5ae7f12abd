-- Format 4: what was decided about a file that was changed in place is told from what it holds now.

-- The newest entry of the journal when another content was found; NULL once that has been read.
ALTER TABLE image ADD COLUMN changed_after TEXT;
-- What it held before, if that was read.
ALTER TABLE image ADD COLUMN former_sha256 TEXT;

-- Hashes of pictures can be made again: the cache has them.
DROP TABLE picture_hash;

-- The newest entry of the journal when this content took the place of another, known from reading
-- it: labels up to it were given to what the file held before.
ALTER TABLE image ADD COLUMN held_since TEXT;
CREATE INDEX image_changed ON image (hidden) WHERE held_since IS NOT NULL;
