-- Format 3: images known by their content, all answers, categories that change, search.
-- Run with foreign keys off: tables that others refer to are made anew.

-- A row is a file. What the window shows and a decision is about is the row with hidden = 0; other
-- files of the same bytes are its further places.
CREATE TABLE image_3 (
    id             INTEGER PRIMARY KEY,
    path           BLOB NOT NULL,          -- relative to the root; see stored_path.rs
    path_text      TEXT NOT NULL,          -- lower case, for sort
    folder         TEXT NOT NULL,          -- parts joined by '/', '' for the root
    size_bytes     INTEGER NOT NULL,
    modified_ns    INTEGER NOT NULL,       -- since 1970
    hidden         INTEGER NOT NULL DEFAULT 0
                   CHECK (hidden IN (0, 1, 2)), -- 0 shown, 1 vanished, 2 shown as `same_as`
    same_as        INTEGER REFERENCES image_3,  -- whose bytes these are
    -- From reading the file; all NULL until then and again when the file changes.
    content_sha256 TEXT,
    width_px       INTEGER,
    height_px      INTEGER,
    bit_depth      INTEGER,
    page           INTEGER,                -- which was read, counted from 1
    pages          INTEGER,
    bar_top_px     INTEGER,
    bar_bottom_px  INTEGER,
    bar_source     TEXT,                   -- 'header', 'pixels', 'person'
    read_error     TEXT,
    CHECK ((hidden = 2) <= (same_as IS NOT NULL))
) STRICT;
INSERT INTO image_3 (id, path, path_text, folder, size_bytes, modified_ns, hidden, content_sha256,
                     width_px, height_px, bit_depth, page, pages, bar_top_px, bar_bottom_px,
                     bar_source, read_error)
    SELECT id, path, path_text, folder, size_bytes, modified_ns, missing, content_sha256,
           width_px, height_px, bit_depth, page, pages, bar_top_px, bar_bottom_px,
           bar_source, read_error
    FROM image;
DROP TABLE image;
ALTER TABLE image_3 RENAME TO image;
-- A path is one file's; of vanished files several may have had it.
CREATE UNIQUE INDEX image_at_path ON image (path) WHERE hidden <> 1;
CREATE INDEX image_vanished_from_path ON image (path) WHERE hidden = 1;
-- A file that was moved still has its size and time.
CREATE INDEX image_by_stamp ON image (size_bytes, modified_ns);
CREATE INDEX image_by_content ON image (content_sha256) WHERE content_sha256 IS NOT NULL;
CREATE INDEX image_place_of ON image (same_as) WHERE same_as IS NOT NULL;
-- Each begins with `hidden` and holds all that views and counts need: fetching rows costs ten times
-- as much. See view.rs.
CREATE INDEX image_by_path ON image (hidden, path_text);
CREATE INDEX image_by_time ON image (hidden, modified_ns);
CREATE INDEX image_by_folder ON image (hidden, folder, same_as);
CREATE INDEX image_unreadable ON image (hidden) WHERE read_error IS NOT NULL;

-- A subcategory has a parent. A category that was merged into another keeps its row, its name and
-- its labels, and means the other. So no change to categories touches a label.
CREATE TABLE category_3 (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused, the journal refers to it
    uid         TEXT NOT NULL UNIQUE,              -- a ULID, the same in every library
    name        TEXT NOT NULL,
    -- Lower case. One category a name among its siblings, by what they mean: category_change.rs.
    name_folded TEXT NOT NULL,
    color       INTEGER NOT NULL,                  -- 0xRRGGBB
    key         TEXT,
    description TEXT NOT NULL DEFAULT '',
    parent_id   INTEGER REFERENCES category_3,
    merged_into INTEGER REFERENCES category_3,
    state       TEXT NOT NULL DEFAULT 'active'     -- 'withdrawn': its adding was undone
                CHECK (state IN ('active', 'retired', 'withdrawn'))
) STRICT;
INSERT INTO category_3 (id, uid, name, name_folded, color, key)
    SELECT id, uid, name, name_folded, color, key FROM category;
DROP TABLE category;
ALTER TABLE category_3 RENAME TO category;
CREATE UNIQUE INDEX category_by_key ON category (key) WHERE key IS NOT NULL;
-- Other names that mean a category: its former ones, and those that imported files use.
CREATE TABLE category_alias (
    name_folded TEXT PRIMARY KEY,
    category_id INTEGER NOT NULL REFERENCES category
) STRICT, WITHOUT ROWID;

-- Entries of other libraries that were merged into this one are kept as history: what an image's
-- label is, our own entries say.
ALTER TABLE journal ADD COLUMN origin TEXT;        -- the other library's uid
CREATE INDEX journal_undone ON journal (undoes) WHERE undoes IS NOT NULL;
-- Notes and flags, and categories, as entries change them.
CREATE TABLE journal_mark (
    entry_id    TEXT NOT NULL REFERENCES journal,
    image_id    INTEGER NOT NULL REFERENCES image,
    before_json TEXT,                              -- NULL: neither note nor flag
    after_json  TEXT,
    PRIMARY KEY (entry_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_mark_by_image ON journal_mark (image_id, entry_id);
CREATE TABLE journal_category (
    entry_id    TEXT NOT NULL REFERENCES journal,
    category_id INTEGER NOT NULL REFERENCES category,
    before_json TEXT NOT NULL,                     -- of a new one: withdrawn
    after_json  TEXT NOT NULL,
    PRIMARY KEY (entry_id, category_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER journal_keeps_marks BEFORE DELETE ON journal_mark
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_marks_are_not_edited BEFORE UPDATE ON journal_mark
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_categories BEFORE DELETE ON journal_category
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_categories_are_not_edited BEFORE UPDATE ON journal_category
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- What our own entries say now. A category is the finest that was given: where it has a parent, it
-- is a subcategory.
CREATE TABLE label_3 (
    image_id           INTEGER PRIMARY KEY REFERENCES image,
    answer             TEXT NOT NULL CHECK (answer IN ('category', 'none_of_these', 'unusable')),
    category_id        INTEGER REFERENCES category,
    second_category_id INTEGER REFERENCES category,
    labelled_by        TEXT NOT NULL,
    labelled_at        TEXT NOT NULL,              -- RFC 3339, UTC
    source             TEXT NOT NULL,
    entry_id           TEXT NOT NULL REFERENCES journal, -- the entry that wrote this row
    CHECK ((answer = 'category') = (category_id IS NOT NULL)),
    CHECK (category_id IS NOT NULL OR second_category_id IS NULL)
) STRICT;
INSERT INTO label_3 (image_id, answer, category_id, second_category_id, labelled_by, labelled_at,
                     source, entry_id)
    SELECT image_id, 'category', category_id, second_category_id, labelled_by, labelled_at,
           source, entry_id
    FROM label;
DROP TABLE label;
ALTER TABLE label_3 RENAME TO label;
CREATE INDEX label_by_category ON label (category_id, answer);
CREATE INDEX label_by_second_category ON label (second_category_id)
    WHERE second_category_id IS NOT NULL;
CREATE INDEX label_by_person ON label (labelled_by COLLATE NOCASE);
CREATE INDEX label_by_time ON label (labelled_at);
CREATE INDEX label_by_source ON label (source);

-- What our own entries say of an image beside its label.
CREATE TABLE mark (
    image_id     INTEGER PRIMARY KEY REFERENCES image,
    note         TEXT,
    is_annotated INTEGER NOT NULL DEFAULT 0,       -- arrows, text or frames were drawn into it
    is_excluded  INTEGER NOT NULL DEFAULT 0,       -- never used for training
    entry_id     TEXT NOT NULL REFERENCES journal
) STRICT;
CREATE INDEX mark_annotated ON mark (image_id) WHERE is_annotated = 1;
CREATE INDEX mark_excluded ON mark (image_id) WHERE is_excluded = 1;
CREATE INDEX mark_noted ON mark (note COLLATE NOCASE) WHERE note IS NOT NULL;

-- 0: all scores but one are zero, 1: all are equal (entropy over its largest value).
ALTER TABLE prediction ADD COLUMN uncertainty REAL;
UPDATE prediction SET uncertainty = uncertainty(scores);
CREATE INDEX prediction_by_uncertainty ON prediction (uncertainty);

-- What can be searched of an instrument record, taken out of its JSON by the database itself, so
-- that the two always agree.
ALTER TABLE instrument_record ADD COLUMN kv REAL
    AS (json ->> '$.accelerating_voltage_kv') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN working_distance_mm REAL
    AS (json ->> '$.working_distance_mm') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN magnification REAL AS (json ->> '$.magnification') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN pixel_size_nm REAL
    AS (json ->> '$.pixel_size_nm.x') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN detector TEXT AS (json ->> '$.detector') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN signal TEXT AS (json ->> '$.signal') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN vendor TEXT AS (json ->> '$.vendor') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN model TEXT AS (json ->> '$.model') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN user TEXT AS (json ->> '$.user') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN sample TEXT AS (json ->> '$.sample') VIRTUAL;
ALTER TABLE instrument_record ADD COLUMN acquired_at TEXT AS (json ->> '$.acquired_at') VIRTUAL;
CREATE INDEX record_kv ON instrument_record (kv) WHERE kv IS NOT NULL;
CREATE INDEX record_working_distance ON instrument_record (working_distance_mm)
    WHERE working_distance_mm IS NOT NULL;
CREATE INDEX record_magnification ON instrument_record (magnification)
    WHERE magnification IS NOT NULL;
CREATE INDEX record_pixel_size ON instrument_record (pixel_size_nm)
    WHERE pixel_size_nm IS NOT NULL;
CREATE INDEX record_detector ON instrument_record (detector COLLATE NOCASE)
    WHERE detector IS NOT NULL;
CREATE INDEX record_signal ON instrument_record (signal COLLATE NOCASE) WHERE signal IS NOT NULL;
CREATE INDEX record_vendor ON instrument_record (vendor COLLATE NOCASE) WHERE vendor IS NOT NULL;
CREATE INDEX record_model ON instrument_record (model COLLATE NOCASE) WHERE model IS NOT NULL;
CREATE INDEX record_user ON instrument_record (user COLLATE NOCASE) WHERE user IS NOT NULL;
CREATE INDEX record_sample ON instrument_record (sample COLLATE NOCASE) WHERE sample IS NOT NULL;
CREATE INDEX record_date ON instrument_record (acquired_at) WHERE acquired_at IS NOT NULL;

-- Words, without the text itself, which the tables above have. Upkeep is by triggers alone.
CREATE VIRTUAL TABLE name_text USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE record_text USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE note_text USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO name_text (rowid, text) SELECT id, path_text FROM image;
INSERT INTO record_text (rowid, text)
    SELECT image_id, concat_ws(char(10), vendor, model, user, sample, detector, signal)
    FROM instrument_record;
CREATE TRIGGER image_name_added AFTER INSERT ON image
    BEGIN INSERT INTO name_text (rowid, text) VALUES (new.id, new.path_text); END;
CREATE TRIGGER image_name_changed AFTER UPDATE OF path_text ON image
    WHEN new.path_text <> old.path_text
    BEGIN INSERT OR REPLACE INTO name_text (rowid, text) VALUES (new.id, new.path_text); END;
CREATE TRIGGER record_text_added AFTER INSERT ON instrument_record
    BEGIN
        INSERT OR REPLACE INTO record_text (rowid, text)
        SELECT image_id, concat_ws(char(10), vendor, model, user, sample, detector, signal)
        FROM instrument_record WHERE image_id = new.image_id;
    END;
CREATE TRIGGER record_text_removed AFTER DELETE ON instrument_record
    BEGIN DELETE FROM record_text WHERE rowid = old.image_id; END;
CREATE TRIGGER note_text_added AFTER INSERT ON mark WHEN new.note IS NOT NULL
    BEGIN INSERT OR REPLACE INTO note_text (rowid, text) VALUES (new.image_id, new.note); END;
CREATE TRIGGER note_text_removed AFTER DELETE ON mark WHEN old.note IS NOT NULL
    BEGIN DELETE FROM note_text WHERE rowid = old.image_id; END;

-- Queries that somebody gave a name.
CREATE TABLE saved_search (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE COLLATE NOCASE,
    query TEXT NOT NULL
) STRICT;

-- Of the picture without its data bar; see similarity/perceptual_hash.rs. Equal or nearly equal
-- pictures have the same cluster; a picture without another like it has no row.
CREATE TABLE picture_hash (
    image_id INTEGER PRIMARY KEY REFERENCES image,
    hash     BLOB NOT NULL
) STRICT;
CREATE TABLE near_duplicate (
    image_id INTEGER PRIMARY KEY REFERENCES image,
    cluster  INTEGER NOT NULL
) STRICT;
CREATE INDEX near_duplicate_by_cluster ON near_duplicate (cluster);

-- The same in every copy of this library; tells its entries from those of others.
INSERT INTO setting (key, value) VALUES ('library_uid', lower(hex(randomblob(16))));
-- What decides an image's label.
CREATE VIEW own_change AS
    SELECT journal_change.* FROM journal_change JOIN journal USING (entry_id)
    WHERE journal.origin IS NULL;
