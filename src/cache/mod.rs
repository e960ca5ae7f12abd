//! What can be rebuilt: thumbnails, features and what pictures look like, by content hash.
//!
//! A cache that cannot be read or written costs time, never a result: every function here gives
//! "not there" instead of an error, and the whole folder may be deleted at any time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use directories::ProjectDirs;
use half::f16;
use half::slice::HalfFloatSliceExt as _;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::catalog::Library;

const FILE: &str = "cache.db";
/// Raised when a table changes, or the pixels that some files are read as; a cache of another version
/// is thrown away.
const VERSION: i64 = 6;

const SCHEMA: &str = "
    CREATE TABLE thumbnail (
        key TEXT PRIMARY KEY,         -- the content's SHA-256, and what was chosen of it
        jpeg BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE feature (
        content_sha256 TEXT NOT NULL,
        feature_key TEXT NOT NULL,    -- backbone, preparation, what was chosen
        halves BLOB NOT NULL,         -- f16, little-endian
        nm_per_px REAL,               -- of the network's input; NULL where it is not known
        day_at_instrument TEXT,       -- NULL where it is not known
        crc32 INTEGER NOT NULL,       -- of the halves
        PRIMARY KEY (content_sha256, feature_key)
    ) WITHOUT ROWID;
    CREATE TABLE picture_hash (
        key TEXT PRIMARY KEY,         -- as of the thumbnail
        bits BLOB                     -- 16 bytes, big-endian; NULL for a blank picture
    ) WITHOUT ROWID;";

/// An open cache, shared by threads.
pub struct Cache {
    connection: Mutex<Connection>,
}

impl Cache {
    /// Opens the cache in `directory`, made where it is missing. A damaged one, or one of another
    /// version, is deleted and begun again; where that fails too, a cache in memory serves.
    pub fn open(directory: &Path) -> Self {
        let path = directory.join(FILE);
        let connection = fs::create_dir_all(directory)
            .ok()
            .and_then(|()| {
                open_file(&path).or_else(|| delete(&path).and_then(|()| open_file(&path)))
            })
            .or_else(in_memory);
        // SQLite in memory fails only without memory; then there is nothing left to rescue.
        #[expect(clippy::expect_used, reason = "out of memory")]
        let connection = connection.expect("SQLite opens a database in memory");
        Self { connection: Mutex::new(connection) }
    }

    /// The cache of a library: beside it or, where nothing can be written there, the user's.
    pub fn of_library(library: &Library) -> Self {
        match library.is_unwritable() {
            true => Self::of_user(),
            false => Self::open(&library.cache_directory()),
        }
    }

    /// The user's own cache, for images that belong to no library. `SEMBLANCE_CACHE_DIR` moves it.
    pub fn of_user() -> Self {
        let moved = std::env::var_os("SEMBLANCE_CACHE_DIR").map(PathBuf::from);
        let directory = moved.or_else(|| {
            ProjectDirs::from("org", "semblance", "semblance")
                .map(|dirs| dirs.cache_dir().to_owned())
        });
        Self::open(&directory.unwrap_or_else(std::env::temp_dir))
    }

    /// The thumbnail's JPEG file. The key tells the file's content and which part of it is shown.
    pub fn thumbnail(&self, key: &str) -> Option<Vec<u8>> {
        self.connection()
            .prepare_cached("SELECT jpeg FROM thumbnail WHERE key = ?1")
            .and_then(|mut query| query.query_row([key], |row| row.get(0)).optional())
            .ok()?
    }

    /// Keeps a thumbnail's JPEG file.
    pub fn store_thumbnail(&self, key: &str, jpeg: &[u8]) {
        let _ = self
            .connection()
            .prepare_cached("INSERT OR REPLACE INTO thumbnail VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![key, jpeg]));
    }

    /// The features of an image for `feature_key`. Those whose checksum is wrong are not there.
    pub fn features(&self, content_sha256: &str, feature_key: &str) -> Option<CachedFeatures> {
        self.connection()
            .prepare_cached(
                "SELECT halves, nm_per_px, day_at_instrument, crc32 FROM feature
                 WHERE content_sha256 = ?1 AND feature_key = ?2",
            )
            .and_then(|mut query| {
                query.query_row([content_sha256, feature_key], features_from_row).optional()
            })
            .ok()??
    }

    /// Keeps the features of an image, rounded to 16-bit floats.
    pub fn store_features(
        &self,
        content_sha256: &str,
        feature_key: &str,
        features: &CachedFeatures,
    ) {
        let halves: Vec<u8> =
            features.values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
        let crc32 = crc32fast::hash(&halves);
        let _ = self
            .connection()
            .prepare_cached("INSERT OR REPLACE INTO feature VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .and_then(|mut insert| {
                insert.execute(params![
                    content_sha256,
                    feature_key,
                    halves,
                    features.nm_per_px,
                    features.day_at_instrument,
                    crc32
                ])
            });
    }

    /// The features of an image for `feature_key`, whatever text files were beside it when they
    /// were made: `any_ending` is how keys that tell of such go on.
    pub fn features_of_content(
        &self,
        content_sha256: &str,
        feature_key: &str,
        any_ending: &str,
    ) -> Option<CachedFeatures> {
        self.connection()
            .prepare_cached(
                "SELECT halves, nm_per_px, day_at_instrument, crc32 FROM feature
                 WHERE content_sha256 = ?1 AND (
                     feature_key = ?2
                     OR substr(feature_key, 1, length(?2 || ?3)) = ?2 || ?3)
                 ORDER BY feature_key LIMIT 1",
            )
            .and_then(|mut query| {
                query
                    .query_row([content_sha256, feature_key, any_ending], features_from_row)
                    .optional()
            })
            .ok()??
    }

    /// As [`Cache::features_of_content`] for the contents whose hashes come after `content_sha256`,
    /// at most `most` of them, by their hashes: several times faster than asking for each. Within,
    /// nothing where the checksum is wrong.
    pub fn features_after(
        &self,
        content_sha256: &str,
        feature_key: &str,
        any_ending: &str,
        most: usize,
    ) -> Vec<(String, Option<CachedFeatures>)> {
        let read = || -> rusqlite::Result<Vec<(String, StoredFeatures)>> {
            let connection = self.connection();
            let mut query = connection.prepare_cached(
                "SELECT halves, nm_per_px, day_at_instrument, crc32, content_sha256 FROM feature
                 WHERE content_sha256 > ?1 AND (
                     feature_key = ?2
                     OR substr(feature_key, 1, length(?2 || ?3)) = ?2 || ?3)
                 ORDER BY content_sha256, feature_key LIMIT ?4",
            )?;
            let rows = query.query_map(
                params![content_sha256, feature_key, any_ending, most as i64],
                |row| Ok((row.get(4)?, StoredFeatures::from_row(row)?)),
            )?;
            rows.collect()
        };
        let mut rows = read().unwrap_or_default();
        rows.dedup_by(|(later, _), (kept, _)| later == kept);
        rows.into_par_iter().map(|(content, stored)| (content, stored.checked())).collect()
    }

    /// What a picture looks like, in 128 bits; within, nothing for a blank one.
    pub fn picture_hash(&self, key: &str) -> Option<Option<u128>> {
        let bits: Option<[u8; 16]> = self
            .connection()
            .prepare_cached("SELECT bits FROM picture_hash WHERE key = ?1")
            .and_then(|mut query| query.query_row([key], |row| row.get(0)).optional())
            .ok()??;
        Some(bits.map(u128::from_be_bytes))
    }

    /// Keeps what a picture looks like.
    pub fn store_picture_hash(&self, key: &str, bits: Option<u128>) {
        let bits = bits.map(u128::to_be_bytes);
        let _ = self
            .connection()
            .prepare_cached("INSERT OR REPLACE INTO picture_hash VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![key, bits]));
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves SQLite itself intact.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a backbone makes of an image.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedFeatures {
    /// The features.
    pub values: Vec<f32>,
    /// Size of a pixel of the network's input in nanometres, where the image tells it.
    pub nm_per_px: Option<f64>,
    /// Instrument and day, where the image's header tells the day.
    pub day_at_instrument: Option<String>,
}

/// Features as they lie in the file.
struct StoredFeatures {
    halves: Vec<u8>,
    nm_per_px: Option<f64>,
    day_at_instrument: Option<String>,
    crc32: u32,
}

impl StoredFeatures {
    /// Out of the first four columns.
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            halves: row.get(0)?,
            nm_per_px: row.get(1)?,
            day_at_instrument: row.get(2)?,
            crc32: row.get(3)?,
        })
    }

    /// Nothing where they were damaged, or a value is not finite: they are made again.
    fn checked(self) -> Option<CachedFeatures> {
        let (pairs, rest) = self.halves.as_chunks::<2>();
        if !rest.is_empty() || crc32fast::hash(&self.halves) != self.crc32 {
            return None;
        }
        // As a slice, which the processor converts eight at a time.
        let halves: Vec<f16> = pairs.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
        let values = halves.to_f32_vec();
        let is_finite = values.iter().all(|value| value.is_finite());
        let Self { nm_per_px, day_at_instrument, .. } = self;
        is_finite.then_some(CachedFeatures { values, nm_per_px, day_at_instrument })
    }
}

fn features_from_row(row: &Row<'_>) -> rusqlite::Result<Option<CachedFeatures>> {
    StoredFeatures::from_row(row).map(StoredFeatures::checked)
}

/// `features` as they come back from a cache, so that a first run and a second agree.
pub fn rounded_as_cached(features: &[f32]) -> Vec<f32> {
    features.iter().map(|value| f16::from_f32(*value).to_f32()).collect()
}

fn open_file(path: &Path) -> Option<Connection> {
    let connection = Connection::open(path).ok()?;
    // NORMAL: a power cut may cost the last entries, never the file.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;",
        )
        .ok()?;
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).ok()?;
    match version {
        VERSION => Some(connection),
        0 => with_schema(connection),
        _ => None,
    }
}

fn in_memory() -> Option<Connection> {
    with_schema(Connection::open_in_memory().ok()?)
}

fn with_schema(connection: Connection) -> Option<Connection> {
    let schema = format!("BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;");
    connection.execute_batch(&schema).ok()?;
    Some(connection)
}

/// Deletes a cache and what SQLite keeps beside it: a log left over would be applied to the next.
fn delete(path: &Path) -> Option<()> {
    for ending in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let _ = fs::remove_file(beside); // it need not be there
    }
    fs::remove_file(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(values: &[f32], nm_per_px: Option<f64>) -> CachedFeatures {
        CachedFeatures {
            values: values.to_vec(),
            nm_per_px,
            day_at_instrument: nm_per_px.map(|_| "Zeiss 2019-03-12".to_owned()),
        }
    }

    #[test]
    fn what_was_stored_is_there_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path());
        cache.store_thumbnail("aa", b"jpeg");
        let (two, one) = (features(&[0.5, 6.0], Some(2.5)), features(&[1.0], None));
        cache.store_features("aa", "key", &two);
        cache.store_features("bb", "key-beside12", &one);
        cache.store_picture_hash("aa", Some(u128::MAX - 1));
        cache.store_picture_hash("blank", None);
        drop(cache);
        let cache = Cache::open(folder.path());
        assert_eq!(cache.thumbnail("aa"), Some(b"jpeg".to_vec()));
        assert_eq!(cache.features("aa", "key"), Some(two.clone()));
        assert_eq!(cache.features("aa", "another backbone"), None);
        let of_content = |content| cache.features_of_content(content, "key", "-beside");
        assert_eq!(of_content("aa"), Some(two));
        assert_eq!(of_content("bb"), Some(one), "with texts beside it");
        assert_eq!(cache.features_of_content("bb", "ke", "-beside"), None);
        let hashes = ["aa", "blank", "unknown"].map(|key| cache.picture_hash(key));
        assert_eq!(hashes, [Some(Some(u128::MAX - 1)), Some(None), None]);
    }

    #[test]
    fn features_come_back_as_they_were_announced() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path());
        let values = [0.1_f32, 3.333_333, 5.999];
        cache.store_features("aa", "key", &features(&values, None));
        assert_eq!(cache.features("aa", "key").unwrap().values, rounded_as_cached(&values));
    }

    #[test]
    fn features_are_read_in_the_order_of_their_contents() {
        let cache = Cache::open(tempfile::tempdir().unwrap().path());
        let value = |content: &str, key: &str| f32::from(content.as_bytes()[0]) - key.len() as f32;
        for (content, key) in [
            ("cc", "key"),
            ("aa", "key-beside12"),
            ("aa", "key"),
            ("bb", "key-beside7"),
            ("dd", "another"),
            ("ee", "key"),
        ] {
            let value = value(content, key);
            cache.store_features(content, key, &features(&[value], None));
        }
        let damage = "UPDATE feature SET crc32 = 1 WHERE content_sha256 = 'cc'";
        cache.connection().execute(damage, []).unwrap();
        let after = |content, most| -> Vec<(String, Option<f32>)> {
            let rows = cache.features_after(content, "key", "-beside", most).into_iter();
            rows.map(|(content, found)| (content, found.map(|found| found.values[0]))).collect()
        };
        let [a, b, c, e] = ["aa", "bb", "cc", "ee"].map(str::to_owned);
        let all = [
            (a.clone(), Some(value("aa", "key"))),
            (b, Some(value("bb", "key-beside7"))),
            (c, None),
            (e, Some(value("ee", "key"))),
        ];
        assert_eq!(after("", 10), all);
        assert_eq!(after("", 1), all[..1]);
        assert_eq!(after(&a, 2), all[1..3]);
        assert_eq!(after("ee", 2), []);
    }

    #[test]
    fn features_that_are_not_finite_are_not_there() {
        let cache = Cache::open(tempfile::tempdir().unwrap().path());
        cache.store_features("aa", "key", &features(&[0.5, f32::NAN], None));
        cache.store_features("bb", "key", &features(&[1e30], None)); // beyond 16-bit floats
        assert_eq!(cache.features("aa", "key"), None);
        assert_eq!(cache.features("bb", "key"), None);
    }

    #[test]
    fn features_that_were_damaged_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path());
        cache.store_features("aa", "key", &features(&[0.5, 6.0], None));
        cache.store_features("bb", "key", &features(&[7.0], None));
        let damage = "UPDATE feature SET halves = zeroblob(4) WHERE content_sha256 = 'aa'";
        cache.connection().execute(damage, []).unwrap();
        assert_eq!(cache.features("aa", "key"), None);
        assert!(cache.features("bb", "key").is_some());
        cache.store_features("aa", "key", &features(&[0.5], None));
        assert!(cache.features("aa", "key").is_some(), "made again");
    }

    #[test]
    fn a_damaged_cache_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), b"this is no database at all, not even a little")
            .unwrap();
        let cache = Cache::open(folder.path());
        cache.store_thumbnail("aa", b"jpeg");
        assert_eq!(Cache::open(folder.path()).thumbnail("aa"), Some(b"jpeg".to_vec()));
    }

    #[test]
    fn where_nothing_can_be_written_memory_serves() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        fs::write(&in_the_way, b"").unwrap();
        let cache = Cache::open(&in_the_way.join("cache"));
        cache.store_thumbnail("aa", b"jpeg");
        assert_eq!(cache.thumbnail("aa"), Some(b"jpeg".to_vec()));
    }
}
