//! The image files below a folder: one walk for every command, so that all of them find the same.
//!
//! Knows names of files and folders; knows nothing of what is in them, nor of the database.

mod left_out;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use walkdir::{DirEntry, FilterEntry, IntoIter, WalkDir};

use left_out::is_left_out;

/// What the walk comes to. Paths are relative to the folder that is walked.
#[derive(Debug)]
pub enum Walked {
    /// A folder, before what is in it; of the first one the path is empty.
    Folder(PathBuf),
    /// A file with a wanted extension. What is known of it is that of the file itself, also behind a
    /// link.
    File(PathBuf, Metadata),
    /// Something that the walk passed over.
    Problem(WalkProblem),
}

/// A file or folder that was passed over, with the whole path.
#[derive(Debug, Error)]
#[error("{}: {}", sentence(reason), path.display())]
pub struct WalkProblem {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug, Error)]
enum Reason {
    #[error("cannot be read ({0})")]
    Unreadable(io::Error),
    #[error("broken link, its target does not exist")]
    BrokenLink,
    #[error("link not followed, it leads back to a folder that contains it")]
    Loop,
    #[error("folder not read again, it was read as {}", .0.display())]
    ReadBefore(PathBuf),
}

impl WalkProblem {
    /// What was passed over.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why, without the path.
    pub fn reason(&self) -> String {
        self.reason.to_string()
    }

    /// Whether images may be missing from the walk because of it.
    pub const fn is_loss(&self) -> bool {
        matches!(self.reason, Reason::Unreadable(_) | Reason::BrokenLink)
    }
}

fn sentence(reason: &Reason) -> String {
    let reason = reason.to_string();
    let mut chars = reason.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// A walk through a folder and all below it. In each folder, entries come by name.
///
/// Links are followed once: folders behind links come after the whole of the folder itself, so that
/// a file which lies in it is found under its own path. Hidden names, and the folders in which
/// operating systems and network storage keep their own files, are left out. Every file is asked for
/// once, and only where its extension is wanted.
pub struct FolderWalk<'a> {
    root: PathBuf,
    extensions: &'a [&'a str],
    entries: FilterEntry<IntoIter, fn(&DirEntry) -> bool>,
    /// Links to folders that were not followed yet, from the root.
    links: VecDeque<PathBuf>,
    is_behind_link: bool,
    /// The folders that were come to, and as which.
    seen: HashMap<FolderIdentity, PathBuf>,
}

impl<'a> FolderWalk<'a> {
    /// Begins at `root`, which may itself be a link. Extensions are without the dot and count in any
    /// case.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn new(root: &Path, extensions: &'a [&'a str]) -> io::Result<Self> {
        fs::read_dir(root)?;
        Ok(Self {
            root: root.to_owned(),
            extensions,
            entries: entries_below(root),
            links: VecDeque::new(),
            is_behind_link: false,
            seen: HashMap::new(),
        })
    }

    fn walked(&mut self, entry: &DirEntry) -> Option<Walked> {
        // The first entry of a walk is its folder, also where that is reached by a link.
        if entry.depth() == 0 || entry.file_type().is_dir() {
            return Some(self.folder(entry.path()));
        }
        let is_link = entry.path_is_symlink();
        let is_wanted = has_extension(entry.path(), self.extensions);
        if !is_link && !is_wanted {
            return None;
        }
        let metadata = match is_link {
            true => fs::metadata(entry.path()),
            false => entry.metadata().map_err(io::Error::from),
        };
        match metadata {
            Ok(metadata) if metadata.is_dir() => {
                self.links.push_back(self.relative(entry.path()));
                None
            }
            Ok(metadata) => (is_wanted && metadata.is_file())
                .then(|| Walked::File(self.relative(entry.path()), metadata)),
            Err(error) if is_link && error.kind() == io::ErrorKind::NotFound => {
                Some(problem(entry.path(), Reason::BrokenLink))
            }
            Err(error) => Some(problem(entry.path(), Reason::Unreadable(error))),
        }
    }

    /// Notes a folder. Behind a link, one that is known is not entered.
    fn folder(&mut self, path: &Path) -> Walked {
        let identity = match FolderIdentity::of(path) {
            Ok(identity) => identity,
            Err(error) => {
                self.entries.skip_current_dir();
                return problem(path, Reason::Unreadable(error));
            }
        };
        if let Some(read_as) = self.seen.get(&identity).filter(|_| self.is_behind_link) {
            self.entries.skip_current_dir();
            return problem(path, Reason::ReadBefore(self.root.join(read_as)));
        }
        let relative = self.relative(path);
        self.seen.insert(identity, relative.clone());
        Walked::Folder(relative)
    }

    /// Goes on behind a link.
    fn follow(&mut self, link: &Path) -> Option<Walked> {
        let path = self.root.join(link);
        match self.leads_back(&path) {
            Ok(true) => return Some(problem(&path, Reason::Loop)),
            Ok(false) => {}
            Err(error) => return Some(problem(&path, Reason::Unreadable(error))),
        }
        self.entries = entries_below(&path);
        self.is_behind_link = true;
        None
    }

    fn leads_back(&self, link: &Path) -> io::Result<bool> {
        let target = link.canonicalize()?;
        let folder = link.parent().unwrap_or(link).canonicalize()?;
        Ok(folder.starts_with(&target) || self.root.canonicalize()?.starts_with(&target))
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }
}

impl Iterator for FolderWalk<'_> {
    type Item = Walked;

    fn next(&mut self) -> Option<Walked> {
        loop {
            let walked = match self.entries.next() {
                Some(Ok(entry)) => self.walked(&entry),
                Some(Err(error)) => {
                    let path = error.path().unwrap_or(&self.root).to_owned();
                    Some(problem(&path, Reason::Unreadable(error.into())))
                }
                None => {
                    let link = self.links.pop_front()?;
                    self.follow(&link)
                }
            };
            if walked.is_some() {
                return walked;
            }
        }
    }
}

fn entries_below(folder: &Path) -> FilterEntry<IntoIter, fn(&DirEntry) -> bool> {
    let is_visible: fn(&DirEntry) -> bool =
        |entry| entry.depth() == 0 || !is_left_out(entry.file_name(), entry.file_type());
    WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_visible)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    extensions.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted))
}

fn problem(path: &Path, reason: Reason) -> Walked {
    Walked::Problem(WalkProblem { path: path.to_owned(), reason })
}

/// The same for one folder, by whatever path.
#[derive(PartialEq, Eq, Hash)]
struct FolderIdentity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl FolderIdentity {
    #[cfg(unix)]
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path)?;
        Ok(Self((metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> io::Result<Self> {
        path.canonicalize().map(Self)
    }
}
