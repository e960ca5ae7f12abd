-- Format 2: what people choose about how an image is read, and what reading tells of it.

-- As precious as labels. NULL: the program's own choice.
CREATE TABLE image_choice (
    image_id      INTEGER PRIMARY KEY REFERENCES image,
    page          INTEGER,                 -- counted from 1
    bar_top_px    INTEGER,                 -- both heights or neither
    bar_bottom_px INTEGER,
    CHECK ((bar_top_px IS NULL) = (bar_bottom_px IS NULL))
) STRICT;
-- The data bar of all images of one size in a folder and those below it.
CREATE TABLE folder_choice (
    folder        TEXT NOT NULL,           -- as in image.folder
    width_px      INTEGER NOT NULL,
    height_px     INTEGER NOT NULL,
    bar_top_px    INTEGER NOT NULL,
    bar_bottom_px INTEGER NOT NULL,
    PRIMARY KEY (folder, width_px, height_px)
) STRICT, WITHOUT ROWID;

ALTER TABLE image ADD COLUMN page INTEGER;            -- which was read, counted from 1
ALTER TABLE image ADD COLUMN pages INTEGER;
ALTER TABLE image ADD COLUMN bar_top_px INTEGER;
ALTER TABLE image ADD COLUMN bar_bottom_px INTEGER;
ALTER TABLE image ADD COLUMN bar_source TEXT;         -- 'header', 'pixels', 'person'

-- Files that an earlier version read are read again when they are next shown: it knew fewer
-- vendors, and fewer kinds of file.
DELETE FROM instrument_record;
UPDATE image SET content_sha256 = NULL, width_px = NULL, height_px = NULL, bit_depth = NULL,
    read_error = NULL;
