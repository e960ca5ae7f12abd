-- Format 8: decisions stay with the bytes they are about, in whatever order files are found and read.

-- Size and time of the file when it held what `former_sha256` names; both stay until decisions about
-- that content have gone with it, or it is back.
ALTER TABLE image ADD COLUMN former_size_bytes INTEGER;
ALTER TABLE image ADD COLUMN former_modified_ns INTEGER;
-- Of a row that holds what was decided about former bytes: the file that held them.
ALTER TABLE image ADD COLUMN parted_from INTEGER REFERENCES image;
-- Greater than any before it, whenever the row's bytes may be others: what was decoded or drawn
-- before is old. 0: they never were.
ALTER TABLE image ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- The few whose decisions may be about other bytes; `image_changed` has those that were read.
CREATE INDEX image_unread_since ON image (hidden) WHERE changed_after IS NOT NULL;
CREATE INDEX image_by_revision ON image (revision) WHERE revision > 0;
CREATE INDEX image_parted ON image (parted_from) WHERE parted_from IS NOT NULL;
CREATE INDEX image_by_former_content ON image (former_sha256) WHERE former_sha256 IS NOT NULL;
CREATE INDEX image_by_former_stamp ON image (former_size_bytes, former_modified_ns)
    WHERE former_size_bytes IS NOT NULL;

-- Sizes and times of the texts beside the file, in one number; -1: an earlier version read them.
ALTER TABLE image ADD COLUMN texts_stamp INTEGER;
UPDATE image SET texts_stamp = -1;
CREATE INDEX image_with_texts ON image (id) WHERE texts_stamp IS NOT NULL;

-- The entry in which the label was decided; undo and redo give it back with the label, while
-- `entry_id` is theirs.
ALTER TABLE label ADD COLUMN decided_entry TEXT REFERENCES journal;
UPDATE label SET decided_entry = entry_id;
