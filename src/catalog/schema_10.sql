-- Format 10: a model's categories are this library's by id, and other names are journalled.

-- What each of a model's categories is here: found by uid or by name when the model is first used, and
-- kept since, whatever either is called later. A place without a row has no category here.
CREATE TABLE model_category (
    model_id    INTEGER NOT NULL REFERENCES model,
    position    INTEGER NOT NULL,                  -- in model.categories_json, from 0
    category_id INTEGER NOT NULL REFERENCES category,
    -- The decision by which it was found after the model was first used; undoing that forgets it.
    entry_id    TEXT REFERENCES journal,
    PRIMARY KEY (model_id, position)
) STRICT, WITHOUT ROWID;

-- Former names of subcategories, below the category that they were a part of then.
CREATE TABLE subcategory_alias (
    parent_id   INTEGER NOT NULL REFERENCES category,
    name_folded TEXT NOT NULL,
    category_id INTEGER NOT NULL REFERENCES category,
    PRIMARY KEY (parent_id, name_folded)
) STRICT, WITHOUT ROWID;

-- Of an entry that merged another library: that one's uid.
ALTER TABLE journal ADD COLUMN merged_uid TEXT;

-- Other names of categories, as entries change them.
CREATE TABLE journal_alias (
    entry_id    TEXT NOT NULL REFERENCES journal,
    parent_id   INTEGER NOT NULL,                  -- 0: of a category
    name_folded TEXT NOT NULL,
    before_id   INTEGER REFERENCES category,       -- NULL: the name led nowhere
    after_id    INTEGER REFERENCES category,
    PRIMARY KEY (entry_id, parent_id, name_folded)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER journal_keeps_aliases BEFORE DELETE ON journal_alias
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_aliases_are_not_edited BEFORE UPDATE ON journal_alias
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
