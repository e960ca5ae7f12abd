//! Which image of a library somebody else's path means.
//!
//! A path from another computer has another root, other separators, and perhaps other case and
//! accents. The image it means is the one with the longest end of it; what could be two is undecided.

mod spelling;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::catalog::{CatalogError, ImageId, Library};
use crate::micrograph::READABLE_EXTENSIONS;
use spelling::{parts, spellings};

/// A path as it is compared with others: the same for all spellings of it.
pub(super) fn path_key(path: &Path) -> String {
    parts(&path.to_string_lossy()).join("/")
}

/// What a path means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageMatch {
    /// This image.
    Image(ImageId),
    /// The image with this file name, in another folder than the path says.
    ByName(ImageId, PathBuf),
    /// One of these; nothing tells which.
    Undecided(Vec<(ImageId, PathBuf)>),
    /// None of the images.
    NotHere,
}

/// What each of these paths means.
///
/// # Errors
/// When the library cannot be read.
pub(super) fn match_paths<'a>(
    library: &Library,
    paths: impl IntoIterator<Item = &'a Path>,
) -> Result<HashMap<&'a Path, ImageMatch>, CatalogError> {
    let mut found = HashMap::new();
    let mut others = BTreeSet::new();
    for path in paths {
        let relative = path.strip_prefix(library.root()).unwrap_or(path);
        match library.find_image(relative)? {
            Some(image) if !relative.is_absolute() => {
                found.insert(path, ImageMatch::Image(image));
            }
            // A file that is missing is meant, and no other one that has its name.
            None if library.find_missing_image(relative)?.is_some() => {
                found.insert(path, ImageMatch::NotHere);
            }
            _ => {
                others.insert(path);
            }
        }
    }
    if others.is_empty() {
        return Ok(found);
    }
    let taken: HashSet<ImageId> = found
        .values()
        .filter_map(|found| match found {
            ImageMatch::Image(image) => Some(*image),
            _ => None,
        })
        .collect();
    let here = ImagesHere::with_names_of(library, &others)?;
    let mut claims: BTreeMap<ImageId, Vec<&Path>> = BTreeMap::new();
    for path in others {
        let matched = here.image_of(path);
        if let ImageMatch::ByName(image, _) = &matched {
            claims.entry(*image).or_default().push(path);
        }
        found.insert(path, matched);
    }
    // One image is not what several paths in other folders mean, nor one that another path means.
    for (image, paths) in claims {
        if paths.len() == 1 && !taken.contains(&image) {
            continue;
        }
        for path in paths {
            if let Some(ImageMatch::ByName(image, place)) = found.remove(path) {
                found.insert(path, ImageMatch::Undecided(vec![(image, place)]));
            }
        }
    }
    Ok(found)
}

/// A file here whose name may be meant.
struct Candidate {
    image: ImageId,
    path: PathBuf,
    /// From the root of the file system, folded; of the library's own root too.
    parts: Vec<String>,
    /// How many of them are below the library's root.
    below_root: usize,
}

/// The images whose names somebody else's paths have.
struct ImagesHere {
    /// By name, and by name without ending.
    named: HashMap<String, Vec<Candidate>>,
    /// The names of all folders in the library.
    folders: HashSet<String>,
}

impl ImagesHere {
    fn with_names_of(library: &Library, paths: &BTreeSet<&Path>) -> Result<Self, CatalogError> {
        let spelled = paths.iter().flat_map(|path| spellings(&path.to_string_lossy()));
        let wanted: HashSet<String> =
            spelled.filter_map(|spelling| parts(&spelling).pop()).collect();
        let root = parts(&library.root().to_string_lossy());
        let mut here = Self { named: HashMap::new(), folders: HashSet::new() };
        library.for_each_file(&mut |image, path| {
            let below = parts(&path.to_string_lossy());
            let Some((name, folders)) = below.split_last() else { return };
            for folder in folders {
                if !here.folders.contains(folder) {
                    here.folders.insert(folder.clone());
                }
            }
            let without_ending = Some(stem(name)).filter(|stem| has_no_ending(stem));
            for name in [Some(name.as_str()), without_ending].into_iter().flatten() {
                if wanted.contains(name) {
                    here.named.entry(name.to_owned()).or_default().push(Candidate {
                        image,
                        path: path.to_owned(),
                        parts: [root.clone(), below.clone()].concat(),
                        below_root: below.len(),
                    });
                }
            }
        })?;
        Ok(here)
    }

    /// By the first spelling that decides, else by the one that comes nearest to it.
    fn image_of(&self, path: &Path) -> ImageMatch {
        let spellings = spellings(&path.to_string_lossy());
        let matches = spellings.iter().map(|spelling| self.spelled(spelling));
        let doubt = |matched: &ImageMatch| match matched {
            ImageMatch::Image(_) => 0,
            ImageMatch::ByName(..) => 1,
            ImageMatch::Undecided(_) => 2,
            ImageMatch::NotHere => 3,
        };
        matches.min_by_key(doubt).unwrap_or(ImageMatch::NotHere)
    }

    fn spelled(&self, path: &str) -> ImageMatch {
        let wanted = parts(path);
        let Some((name, folders)) = wanted.split_last() else { return ImageMatch::NotHere };
        let candidates = self.named.get(name).map_or(&[][..], Vec::as_slice);
        // Folders that the path and the file have in common, from the name upwards.
        let common = |candidate: &Candidate| {
            let (_, above) = candidate.parts.split_last().unwrap_or((name, &[]));
            folders.iter().rev().zip(above.iter().rev()).take_while(|(a, b)| a == b).count()
        };
        let longest = candidates.iter().map(common).max().unwrap_or_default();
        let best: Vec<&Candidate> =
            candidates.iter().filter(|candidate| common(candidate) == longest).collect();
        let images: BTreeSet<ImageId> = best.iter().map(|candidate| candidate.image).collect();
        let only = match (images.len(), self.written_so(path, &best)) {
            (0, _) => return ImageMatch::NotHere,
            (1, _) => best[0],
            (_, Some(exact)) => exact,
            _ => {
                let places = best.iter().map(|candidate| (candidate.image, candidate.path.clone()));
                return ImageMatch::Undecided(places.collect());
            }
        };
        match folders.len().checked_sub(longest + 1) {
            // All of the path is the file's.
            None => ImageMatch::Image(only.image),
            // All of the file's path in the library is at the end of this one.
            Some(_) if longest + 1 >= only.below_root && longest > 0 => {
                ImageMatch::Image(only.image)
            }
            // Another folder of the library is meant, which has no such file.
            Some(differing) if self.folders.contains(&folders[differing]) => ImageMatch::NotHere,
            Some(_) => ImageMatch::ByName(only.image, only.path.clone()),
        }
    }

    /// The only file whose path is written as this one also in case and accents.
    fn written_so<'a>(&self, path: &str, files: &[&'a Candidate]) -> Option<&'a Candidate> {
        let path = path.replace('\\', "/");
        let path = Path::new(&path);
        // By whole names: `NewRun1/a.tif` is not in `Run1`.
        let mut exact =
            files.iter().filter(|file| file.path.ends_with(path) || path.ends_with(&file.path));
        exact.next().filter(|_| exact.next().is_none()).copied()
    }
}

/// Whether a name is written without the ending of an image.
fn has_no_ending(name: &str) -> bool {
    stem(name) == name
}

/// A folded name without the ending of an image.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if READABLE_EXTENSIONS.contains(&ending) => stem,
        _ => name,
    }
}
