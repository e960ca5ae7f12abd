-- Format 6: predictions follow what categories mean.

-- What each of the model's categories was called when the columns of its predictions beside `scores`
-- were last worked out; NULL: what the model calls it. See following.rs.
ALTER TABLE model ADD COLUMN current_json TEXT;
