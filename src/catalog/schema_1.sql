-- Format 1. Never edited once released: a change is a new migration.

-- One row a file. Rows are never deleted, so that a file that comes back finds its label.
CREATE TABLE image (
    id             INTEGER PRIMARY KEY,
    path           BLOB NOT NULL UNIQUE,   -- relative to the root; see stored_path.rs
    path_text      TEXT NOT NULL,          -- lower case, for search and sort
    folder         TEXT NOT NULL,          -- parts joined by '/', '' for the root
    size_bytes     INTEGER NOT NULL,
    modified_ns    INTEGER NOT NULL,       -- since 1970
    missing        INTEGER NOT NULL DEFAULT 0,
    -- From reading the file; all NULL until then and again when the file changes.
    content_sha256 TEXT,
    width_px       INTEGER,
    height_px      INTEGER,
    bit_depth      INTEGER,
    read_error     TEXT
) STRICT;
-- Each begins with `missing` and holds all that views and counts need: fetching rows costs ten
-- times as much. See view.rs.
CREATE INDEX image_by_path ON image (missing, path_text);
CREATE INDEX image_by_time ON image (missing, modified_ns);
CREATE INDEX image_by_folder ON image (missing, folder);
CREATE INDEX image_unreadable ON image (missing) WHERE read_error IS NOT NULL;

-- What the instrument recorded, as JSON. Apart from `image`, whose rows are small without it.
CREATE TABLE instrument_record (
    image_id INTEGER PRIMARY KEY REFERENCES image,
    json     TEXT NOT NULL
) STRICT;

CREATE TABLE category (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused, the journal refers to it
    uid         TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,              -- lower case: one category a name
    color       INTEGER NOT NULL,                  -- 0xRRGGBB
    key         TEXT UNIQUE
) STRICT;

-- The decisions, in the order of entry_id (a ULID, greater than all before it).
CREATE TABLE journal (
    entry_id TEXT PRIMARY KEY,
    at       TEXT NOT NULL,                        -- RFC 3339, UTC
    by       TEXT NOT NULL,
    source   TEXT NOT NULL,
    kind     TEXT NOT NULL,                        -- 'label' or 'undo'
    undoes   TEXT REFERENCES journal
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_change (
    entry_id    TEXT NOT NULL REFERENCES journal,
    image_id    INTEGER NOT NULL REFERENCES image,
    before_json TEXT,                              -- NULL: no label
    after_json  TEXT,
    PRIMARY KEY (entry_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_change_by_image ON journal_change (image_id, entry_id);

-- The promise that decisions are only ever added, kept by the database itself.
CREATE TRIGGER journal_keeps_entries BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_changes BEFORE DELETE ON journal_change
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_changes_are_not_edited BEFORE UPDATE ON journal_change
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- What the journal says now: after_json of the newest entry about each image.
CREATE TABLE label (
    image_id           INTEGER PRIMARY KEY REFERENCES image,
    category_id        INTEGER NOT NULL REFERENCES category,
    second_category_id INTEGER REFERENCES category,
    subcategory        TEXT,
    labelled_by        TEXT NOT NULL,
    labelled_at        TEXT NOT NULL,
    source             TEXT NOT NULL,
    entry_id           TEXT NOT NULL REFERENCES journal  -- the entry that wrote this row
) STRICT;
CREATE INDEX label_by_category ON label (category_id);

CREATE TABLE model (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL,
    sha256          TEXT NOT NULL,
    categories_json TEXT NOT NULL,                 -- the order of the scores
    UNIQUE (sha256, name, categories_json)
) STRICT;

-- In this database on purpose: small, and one query can sort and filter by label and score.
CREATE TABLE prediction (
    image_id     INTEGER PRIMARY KEY REFERENCES image,
    model_id     INTEGER NOT NULL REFERENCES model,
    top_category TEXT NOT NULL,
    top_score    REAL NOT NULL,
    predicted_at TEXT NOT NULL,
    scores       BLOB NOT NULL                     -- f32, little endian, in the model's order
) STRICT;
CREATE INDEX prediction_by_score ON prediction (top_score);
CREATE INDEX prediction_by_category ON prediction (top_category, top_score);
CREATE INDEX prediction_by_model ON prediction (model_id);

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
