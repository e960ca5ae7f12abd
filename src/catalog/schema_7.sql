-- Format 7: what review found by comparing images. All of it can be found again.

-- Labels that are likely wrong. A doubt is about one decision, known by its time, which undo and redo
-- give back with it; it holds as long as that decision does.
CREATE TABLE label_doubt (
    image_id    INTEGER PRIMARY KEY REFERENCES image,
    labelled_at TEXT NOT NULL,                     -- as in label.labelled_at
    likelier_id INTEGER NOT NULL REFERENCES category,
    margin      REAL NOT NULL                      -- score of the likelier category minus the given one's
) STRICT;
CREATE INDEX label_doubt_by_margin ON label_doubt (margin);

-- How unlike an image is to all that a person has labelled: the cosine distance to the fifth nearest,
-- and the one from which on that is unusual.
CREATE TABLE novelty (
    image_id  INTEGER PRIMARY KEY REFERENCES image,
    distance  REAL NOT NULL,
    threshold REAL NOT NULL
) STRICT;
CREATE INDEX novelty_by_distance ON novelty (distance);
CREATE INDEX novelty_beyond ON novelty (distance, threshold) WHERE distance > threshold;
