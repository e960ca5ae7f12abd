-- Format 9: names are compared as people read them, also where accents are written apart.

UPDATE image SET path_text = folded(path_text) WHERE path_text <> folded(path_text);
UPDATE category SET name_folded = folded(name) WHERE name_folded <> folded(name);
UPDATE OR REPLACE category_alias SET name_folded = folded(name_folded)
    WHERE name_folded <> folded(name_folded);
