//! An open library: one connection that writes, three that read, shared by all threads.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::backup::newest_backup;
use super::checkpoint::Checkpoints;
use super::connection::{open_image_reader, open_reader, open_writer};
use super::counts::KeptCounts;
use super::error::Failure;
use super::holder::{Claim, Holder, claim};
use super::order::Orders;
use super::read_only::{DISK_FULL, PrivateCopy, why_unwritable};
use super::review::KeptScores;
use super::root::RootIdentity;
use super::{CatalogError, LibraryPlace};

/// The library of one folder of images. Share it between threads as `Arc<Library>`.
///
/// One program at a time writes it; for others it is read-only, and they can say who that is.
/// Reading never waits for writing. When a call that saves a decision returns, the decision is on
/// the disk, not only in the system's cache.
#[derive(Debug)]
pub struct Library {
    place: LibraryPlace,
    root: RootIdentity,
    database: PathBuf,
    access: Access,
    /// Where it is written here, and ahead.
    checkpoints: Option<Checkpoints>,
    /// Reads what may be about all images, which takes time.
    reader: Mutex<Connection>,
    /// Reads orders beside the other.
    order_reader: Mutex<Connection>,
    /// Reads what is known of single images: whoever draws them must not wait for the others.
    image_reader: Mutex<Connection>,
    orders: Orders,
    kept_counts: KeptCounts,
    kept_scores: KeptScores,
}

/// What this program may do.
#[derive(Debug)]
enum Access {
    /// Everything, until it is closed.
    Write(Mutex<Option<Writer>>),
    /// Nothing.
    Read(WhyReadOnly),
}

/// Why a library cannot be written here.
#[derive(Debug)]
enum WhyReadOnly {
    /// Another program writes it.
    Held(Option<Holder>),
    /// It lies where nothing can be written; for this reason.
    Unwritable {
        reason: String,
        /// What is read in its place, as long as the library is open.
        _copy: PrivateCopy,
    },
}

/// What writes, and the lock that keeps others from it.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    is_shared: bool,
    _lock: Option<File>,
}

/// What must be on the disk when a write returns.
#[derive(Clone, Copy)]
pub(super) enum Durability {
    /// The write: it cannot be had again.
    Synced,
    /// A consistent database: after a power cut the write may have to be done again (rescan the
    /// folder, read the file, classify it), in exchange for not waiting for the disk. The next
    /// decision takes it there.
    Rebuildable,
}

impl Library {
    /// Opens the library at `place`, or starts an empty one. Where another program has it open, it
    /// is read-only.
    ///
    /// # Errors
    /// When the folder cannot be made, or the file there is no library, or is from a newer version
    /// of the program, or is damaged.
    pub fn open(place: &LibraryPlace) -> Result<Self, CatalogError> {
        let root = RootIdentity::of(&place.root).map_err(|source| CatalogError::Folder {
            operation: "open",
            path: place.root.clone(),
            source,
        })?;
        let database = place.database();
        if database.is_file()
            && let Err(reason) = place.try_writing()
        {
            return Self::open_unwritable(place, root, &why_unwritable(&reason));
        }
        let cache = place.directory.join("cache");
        fs::create_dir_all(&cache).map_err(|source| CatalogError::Folder {
            operation: "create",
            path: cache,
            source,
        })?;
        let length = fs::metadata(&database).map_or(0, |metadata| metadata.len());
        if length == 0 && newest_backup(&place.directory).is_some() {
            // Somebody has lost a library: a new one in its place would not be told from it.
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
            let reason = Some("the file is empty or gone".to_owned());
            let source = rusqlite::Error::SqliteFailure(code, reason);
            return Err(CatalogError::damaged("open", database, source));
        }
        let mut checkpoints = None;
        let access = match claim(&place.directory) {
            Claim::Granted(lock) => {
                let is_shared = place.is_on_network_share();
                let connection = match open_writer(&database, is_shared) {
                    Err(CatalogError::DiskFull { .. }) if length > 0 => {
                        return Self::open_unwritable(place, root, DISK_FULL);
                    }
                    opened => opened?,
                };
                if !is_shared {
                    checkpoints = Some(Checkpoints::of(&database)?);
                }
                Access::Write(Mutex::new(Some(Writer { connection, is_shared, _lock: lock })))
            }
            Claim::Held(holder) => Access::Read(WhyReadOnly::Held(holder)),
        };
        Self::with_access(place, root, access, checkpoints, database)
    }

    /// Opens a library to be read where it cannot be written, and nothing beside it either.
    fn open_unwritable(
        place: &LibraryPlace,
        root: RootIdentity,
        reason: &str,
    ) -> Result<Self, CatalogError> {
        let copy = PrivateCopy::of(&place.database())?;
        let database = copy.database();
        let access =
            Access::Read(WhyReadOnly::Unwritable { reason: reason.to_owned(), _copy: copy });
        Self::with_access(place, root, access, None, database)
    }

    fn with_access(
        place: &LibraryPlace,
        root: RootIdentity,
        access: Access,
        checkpoints: Option<Checkpoints>,
        database: PathBuf,
    ) -> Result<Self, CatalogError> {
        Ok(Self {
            place: place.clone(),
            root,
            access,
            checkpoints,
            reader: Mutex::new(open_reader(&database)?),
            order_reader: Mutex::new(open_reader(&database)?),
            image_reader: Mutex::new(open_image_reader(&database)?),
            orders: Orders::default(),
            kept_counts: KeptCounts::default(),
            kept_scores: KeptScores::default(),
            database,
        })
    }

    /// Lets others write the library, also this program when it opens it again. Whoever still works
    /// with it here can read, and is refused when it writes.
    pub fn close(&self) {
        if let Access::Write(writer) = &self.access {
            lock(writer).take();
        }
    }

    /// Whether the library lies where nothing can be written.
    pub fn is_unwritable(&self) -> bool {
        matches!(self.access, Access::Read(WhyReadOnly::Unwritable { .. }))
    }

    /// Whether the library cannot be written here: another program has it open, or nothing can be
    /// written where it lies.
    pub fn is_read_only(&self) -> bool {
        matches!(self.access, Access::Read(_))
    }

    /// What is said where a library beside the images is not the one that is used.
    pub fn passed_over_warning(&self) -> Option<String> {
        let passed_over = self.place.passed_over()?;
        Some(format!(
            "Two libraries know these images. The one beside them cannot be written: {}. The one with \
             the labels given since is used: {} (`semblance library merge` joins them)",
            passed_over.display(),
            self.directory().display()
        ))
    }

    /// What is said of a library that cannot be written here: who writes it.
    pub fn read_only_reason(&self) -> Option<String> {
        match &self.access {
            Access::Write(_) => None,
            Access::Read(why) => Some(self.refused("change the library", why).to_string()),
        }
    }

    /// Whether the library lies on another computer, where databases are slow and less safe.
    pub fn is_on_network_share(&self) -> bool {
        self.place.is_on_network_share()
    }

    /// Where the library and its images are.
    pub fn place(&self) -> &LibraryPlace {
        &self.place
    }

    /// The folder with the images.
    pub fn root(&self) -> &Path {
        &self.place.root
    }

    /// Refuses to go on where the folder of images is gone, or another one stands at its path: what is
    /// known of the images is not about that.
    ///
    /// # Errors
    /// When that is so, or the folder cannot be reached.
    pub fn check_root(&self) -> Result<(), CatalogError> {
        self.root.check(&self.place)
    }

    /// The folder with `library.db`.
    pub fn directory(&self) -> &Path {
        &self.place.directory
    }

    /// The folder for what can be rebuilt: thumbnails and features.
    pub fn cache_directory(&self) -> PathBuf {
        self.place.directory.join("cache")
    }

    /// Runs `read` on one unchanging state of the library. `operation` completes "Could not …".
    pub(super) fn read<T>(
        &self,
        operation: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.read_with(&self.reader, operation, read)
    }

    /// The same with the connection for orders, which works while the other one does.
    pub(super) fn read_order<T>(
        &self,
        operation: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.read_with(&self.order_reader, operation, read)
    }

    /// The same for what is known of one image, or of a screenful.
    pub(super) fn read_image<T>(
        &self,
        operation: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.read_with(&self.image_reader, operation, read)
    }

    fn read_with<T>(
        &self,
        reader: &Mutex<Connection>,
        operation: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        let mut reader = lock(reader);
        let run = || {
            let transaction = reader.transaction()?;
            read(&transaction)
        };
        run().map_err(|failure| self.named(operation, failure))
    }

    /// Runs `write` in one transaction: all of it is kept, or nothing on an error.
    pub(super) fn write<T>(
        &self,
        operation: &'static str,
        durability: Durability,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.transact(operation, durability, true, write)
    }

    /// Runs `write` in one transaction of which nothing is kept: what it would have come to.
    pub(super) fn rehearse<T>(
        &self,
        operation: &'static str,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.transact(operation, Durability::Rebuildable, false, write)
    }

    fn transact<T>(
        &self,
        operation: &'static str,
        durability: Durability,
        is_kept: bool,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        self.check_root()?;
        let mut guard = self.writer(operation)?;
        let Some(Writer { connection: writer, is_shared, .. }) = guard.as_mut() else {
            return Err(closed(operation));
        };
        let run = || {
            let synchronous = match durability {
                // A rollback journal whose end was not synced comes back after a power cut, mixed
                // with the next one, and takes back a part of what was committed.
                Durability::Rebuildable if !*is_shared => "NORMAL",
                Durability::Rebuildable | Durability::Synced => "FULL",
            };
            writer.pragma_update(None, "synchronous", synchronous)?;
            // Immediate: two programs writing wait for each other instead of failing half-way.
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = write(&transaction)?;
            if is_kept {
                transaction.commit()?;
            } else {
                transaction.rollback()?;
            }
            Ok(value)
        };
        let written = run();
        drop(guard); // decisions go on
        if let (Durability::Rebuildable, Some(checkpoints)) = (durability, &self.checkpoints) {
            checkpoints.make_if_due();
        }
        written.map_err(|failure| self.named(operation, failure))
    }

    /// Runs `maintain` outside a transaction.
    pub(super) fn maintain<T>(
        &self,
        operation: &'static str,
        maintain: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let writer = self.writer(operation)?;
        let Some(Writer { connection, .. }) = writer.as_ref() else {
            return Err(closed(operation));
        };
        maintain(connection).map_err(|source| self.named(operation, Failure::Sqlite(source)))
    }

    pub(super) fn kept_counts(&self) -> &KeptCounts {
        &self.kept_counts
    }

    pub(super) fn kept_scores(&self) -> &KeptScores {
        &self.kept_scores
    }

    pub(super) fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The library file.
    pub(super) fn database(&self) -> PathBuf {
        self.database.clone()
    }

    fn writer(
        &self,
        operation: &'static str,
    ) -> Result<MutexGuard<'_, Option<Writer>>, CatalogError> {
        match &self.access {
            Access::Write(writer) => Ok(lock(writer)),
            Access::Read(why) => Err(self.refused(operation, why)),
        }
    }

    fn refused(&self, operation: &'static str, why: &WhyReadOnly) -> CatalogError {
        match why {
            WhyReadOnly::Held(holder) => held(operation, holder.as_ref()),
            WhyReadOnly::Unwritable { reason, .. } => CatalogError::Unwritable {
                operation,
                reason: reason.clone(),
                path: self.place.database(),
            },
        }
    }

    fn named(&self, operation: &'static str, failure: Failure) -> CatalogError {
        match failure {
            Failure::Sqlite(source) => {
                CatalogError::database(operation, &self.place.database(), source)
            }
            Failure::Refused(error) => error,
        }
    }
}

fn held(operation: &'static str, holder: Option<&Holder>) -> CatalogError {
    let holder = holder.map_or_else(|| "another program".to_owned(), Holder::to_string);
    CatalogError::Held { operation, holder }
}

fn closed(operation: &'static str) -> CatalogError {
    CatalogError::Held { operation, holder: "it was closed here meanwhile".to_owned() }
}

/// A thread that panicked left no half-done transaction (it was rolled back), so go on.
fn lock<T>(connection: &Mutex<T>) -> MutexGuard<'_, T> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
