//! A library's models: its own, in the folder `models` beside `library.db`, and which is in use.
//!
//! A model of its own is not replaced, unless somebody names its folder: a retrained one stands beside
//! it until it is taken into use, and the earlier one can be taken back.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::model_info::model_info;
use crate::catalog::{CatalogError, Library};
use crate::classifier::{BUILT_IN_MODELS, MANIFEST_FILE, Model, ModelError};

/// The setting that holds the model a library uses: the name of one of its own or of one inside the
/// program, or a folder.
pub const MODEL_SETTING: &str = "model";
/// The model used where nothing else is said.
const DEFAULT_MODEL: &str = "starter";
const FOLDER: &str = "models";

/// Why a library's model cannot be used, or no new one be made.
#[derive(Debug, thiserror::Error)]
pub enum LibraryModelError {
    /// The model cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The library failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// There is a model of this name.
    #[error(
        "There is a model {0:?} already, and models are never replaced here: choose another name"
    )]
    Taken(String),
    /// The name could not be that of a folder.
    #[error("{0:?} cannot be a model's name: it must be usable as a folder's")]
    Name(String),
    /// The model in use is not removed.
    #[error("Model {0:?} is in use: take another into use first (semblance models use)")]
    InUse(String),
    /// Models that are not the library's own are not removed.
    #[error("The library has no model {0:?} of its own")]
    NotOwn(String),
    /// The folder could not be removed.
    #[error("Cannot remove the model: {source}: {}", .path.display())]
    Remove {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// The name of the model that the library uses.
///
/// # Errors
/// When the library cannot be read.
pub fn model_in_use(library: &Library) -> Result<String, CatalogError> {
    Ok(library.setting(MODEL_SETTING)?.unwrap_or_else(|| DEFAULT_MODEL.to_owned()))
}

/// The model that `name` means to the library, or without one: one of its own, one inside the
/// program, or a folder.
///
/// # Errors
/// Fails, naming the model, where it does not exist, is not complete or fails its checksum.
pub fn find_model(library: Option<&Library>, name: &str) -> Result<Model, ModelError> {
    find_model_in(library.map(Library::directory), name)
}

/// As [`find_model`], for the library whose `library.db` is in `directory`.
///
/// # Errors
/// See [`find_model`].
pub fn find_model_in(directory: Option<&Path>, name: &str) -> Result<Model, ModelError> {
    let own = directory.and_then(|directory| own_folder(directory, name));
    match own.filter(|folder| is_model(folder)) {
        Some(folder) => Model::load(&folder),
        None => Model::find(name),
    }
}

/// The model asked for; else the one in use; else the one for those who have none.
///
/// # Errors
/// See [`find_model`].
pub fn model_or_in_use(
    library: Option<&Library>,
    asked: Option<&str>,
) -> Result<Model, LibraryModelError> {
    let in_use = library.map(model_in_use).transpose()?;
    let name = asked.map(str::to_owned).or(in_use).unwrap_or_else(|| DEFAULT_MODEL.to_owned());
    Ok(find_model(library, &name)?)
}

/// The library's own models, by name, with their folders.
pub fn own_models(library: &Library) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(library.directory().join(FOLDER)).into_iter().flatten();
    let folders = entries.filter_map(Result::ok).filter(|entry| is_model(&entry.path()));
    let named = folders.filter_map(|it| Some((it.file_name().into_string().ok()?, it.path())));
    named.filter(|(name, _)| own_folder(library.directory(), name).is_some()).collect()
}

/// Whether there is a whole model; a training that was stopped leaves a folder without.
fn is_model(folder: &Path) -> bool {
    folder.join(MANIFEST_FILE).is_file()
}

/// Where a new model of the library goes: by the name asked for, or by `day`. A training that was
/// stopped goes on in the folder that it has.
///
/// # Errors
/// Fails where the name is taken, or could not be a folder's.
pub fn new_model_folder(
    library: &Library,
    asked: Option<&str>,
    day: &str,
) -> Result<PathBuf, LibraryModelError> {
    if let Some(name) = asked {
        let folder = own_folder(library.directory(), name)
            .ok_or_else(|| LibraryModelError::Name(name.to_owned()))?;
        // One inside the program of this name would no longer be found.
        let is_taken = is_model(&folder) || BUILT_IN_MODELS.contains(&name);
        return match is_taken {
            true => Err(LibraryModelError::Taken(name.to_owned())),
            false => Ok(folder),
        };
    }
    let folder = library.directory().join(FOLDER);
    let names =
        std::iter::once(day.to_owned()).chain((2..).map(|number| format!("{day}-{number}")));
    let mut free = names.map(|name| folder.join(name)).filter(|folder| !is_model(folder));
    free.next().ok_or_else(|| LibraryModelError::Name(day.to_owned()))
}

/// Takes a model into use, and its categories into the library. The earlier one stays where it is.
/// Gives the model, and the name by which the library knows it from now on.
///
/// # Errors
/// Fails where the model cannot be used or the library cannot be written.
pub fn use_model(library: &Library, name: &str) -> Result<(Model, String), LibraryModelError> {
    let model = find_model(Some(library), name)?;
    let _ = model.backbone_card()?; // whole, or it would be in use without being usable
    let name = model.folder().map_or_else(|| name.to_owned(), |folder| lasting(library, folder));
    library.adopt_model(&model_info(&model))?;
    library.set_setting(MODEL_SETTING, &name)?;
    Ok((model, name))
}

/// The name of a folder that means the same wherever one stands, and, of a model of the library's
/// own, wherever the library goes.
fn lasting(library: &Library, folder: &Path) -> String {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let own = own_folder(library.directory(), name);
    match own.filter(|own| canonical(own) == canonical(folder)) {
        Some(_) => name.to_owned(),
        None => canonical(folder).display().to_string(),
    }
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Removes a model of the library's own that is not in use: the rejected outcome of a training.
///
/// # Errors
/// Fails where it is in use, is not the library's own, or cannot be removed.
pub fn remove_model(library: &Library, name: &str) -> Result<(), LibraryModelError> {
    let own = own_folder(library.directory(), name).filter(|folder| folder.is_dir());
    let path = own.ok_or_else(|| LibraryModelError::NotOwn(name.to_owned()))?;
    let in_use = own_folder(library.directory(), &model_in_use(library)?);
    // By the folder: to some file systems capitals and small letters are the same.
    if in_use.is_some_and(|in_use| in_use == path || canonical(&in_use) == canonical(&path)) {
        return Err(LibraryModelError::InUse(name.to_owned()));
    }
    fs::remove_dir_all(&path).map_err(|source| LibraryModelError::Remove { path, source })
}

/// The folder of a model of the library's own; `None` where the name is not one folder's.
fn own_folder(directory: &Path, name: &str) -> Option<PathBuf> {
    let mut parts = Path::new(name).components();
    let is_one = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
    let is_plain = is_one && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    is_plain.then(|| directory.join(FOLDER).join(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::LibraryPlace;

    fn library() -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(&LibraryPlace::for_folder(folder.path()).unwrap()).unwrap();
        (folder, library)
    }

    /// A model of the library's own, without a network.
    fn add(library: &Library, asked: Option<&str>) -> String {
        let folder = new_model_folder(library, asked, "2031-02-03").unwrap();
        let model = Model::find("starter").unwrap();
        model.save(&folder, "").unwrap();
        folder.file_name().unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn new_models_never_replace_others() {
        let (_folder, library) = library();
        let names = [add(&library, None), add(&library, None), add(&library, Some("Mine"))];
        assert_eq!(names, ["2031-02-03", "2031-02-03-2", "Mine"]);
        assert_eq!(own_models(&library).into_keys().collect::<Vec<_>>(), names);
        for name in ["Mine", "starter"] {
            let error = new_model_folder(&library, Some(name), "").unwrap_err();
            assert!(matches!(error, LibraryModelError::Taken(_)), "{error}");
        }
        for name in ["", "..", ".hidden", "a/b", "a\\b", "/tmp"] {
            let error = new_model_folder(&library, Some(name), "").unwrap_err();
            assert!(matches!(error, LibraryModelError::Name(_)), "{name:?}: {error}");
        }
    }

    #[test]
    fn a_model_is_taken_into_use_and_the_earlier_one_taken_back() {
        let (_folder, library) = library();
        assert_eq!(model_in_use(&library).unwrap(), "starter");
        let own = add(&library, None);
        let by_path = library.directory().join(FOLDER).join(&own);
        for name in [own.as_str(), by_path.to_str().unwrap()] {
            assert_eq!(use_model(&library, name).unwrap().1, own);
            assert_eq!(model_in_use(&library).unwrap(), own);
        }
        let found = model_or_in_use(Some(&library), None).unwrap();
        assert_eq!(found.folder(), Some(library.directory().join(FOLDER).join(&own).as_path()));
        use_model(&library, "starter").unwrap();
        assert!(own_models(&library).contains_key(&own), "it stays");
    }

    #[test]
    fn a_training_that_was_stopped_goes_on_in_its_folder_and_is_no_model() {
        let (_folder, library) = library();
        let folder = |asked| new_model_folder(&library, asked, "2031-02-03").unwrap();
        for asked in [None, Some("Mine")] {
            let begun = folder(asked);
            fs::create_dir_all(&begun).unwrap();
            fs::write(begun.join("unfinished.json"), "").unwrap();
            assert_eq!(folder(asked), begun);
        }
        assert!(own_models(&library).is_empty());
    }

    #[test]
    fn only_a_folder_of_its_own_is_known_by_its_name() {
        let (_folder, library) = library();
        let own = own_models(&library);
        assert!(own.is_empty());
        let model = Model::find("starter").unwrap();
        for place in ["Mine/older", ".kept"] {
            let folder = library.directory().join(FOLDER).join(place);
            model.save(&folder, "").unwrap();
            let (_, name) = use_model(&library, folder.to_str().unwrap()).unwrap();
            assert!(Path::new(&name).is_absolute(), "{name}");
            assert!(model_or_in_use(Some(&library), None).is_ok());
        }
    }

    #[test]
    fn a_model_that_cannot_be_used_changes_nothing() {
        let (_folder, library) = library();
        let own = add(&library, Some("Mine"));
        // A model whose network is neither inside the program nor in its folder.
        let description = own_models(&library)[&own].join(MANIFEST_FILE);
        let text = fs::read_to_string(&description).unwrap();
        fs::write(&description, text.replace("nobar-center", "nobar-elsewhere")).unwrap();
        assert!(use_model(&library, &own).is_err());
        assert!(use_model(&library, "nowhere").is_err());
        assert_eq!(model_in_use(&library).unwrap(), "starter");
        assert!(library.category_tree().unwrap().ids().next().is_none());
    }

    #[test]
    fn only_own_models_out_of_use_are_removed() {
        let (_folder, library) = library();
        let own = add(&library, Some("Mine"));
        use_model(&library, &own).unwrap();
        let error = remove_model(&library, &own).unwrap_err();
        assert!(matches!(error, LibraryModelError::InUse(_)), "{error}");
        use_model(&library, "starter").unwrap();
        remove_model(&library, &own).unwrap();
        assert!(own_models(&library).is_empty());
        for name in ["starter", "Mine", "..", "/"] {
            let error = remove_model(&library, name).unwrap_err();
            assert!(matches!(error, LibraryModelError::NotOwn(_)), "{name}: {error}");
        }
    }
}
