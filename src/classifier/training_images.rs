//! Which images a model was trained and measured with, by their content: `images.csv` in its folder.
//!
//! It is how an evaluation later on knows which images the model has seen, on any computer.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use super::ModelError;
use crate::catalog::Side;

const FILE: &str = "images.csv";
const HEADER: [&str; 2] = ["content_sha256", "side"];

/// Writes the images of a model into its folder.
///
/// # Errors
/// Fails where the file cannot be written.
pub fn save_training_images(
    folder: &Path,
    sides: &BTreeMap<String, Side>,
) -> Result<(), ModelError> {
    let mut text = HEADER.join(",") + "\n";
    for (content, side) in sides {
        text += &format!("{content},{}\n", side.as_str());
    }
    let failed = |source| ModelError::Write { path: folder.to_owned(), source };
    fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(FILE), text)).map_err(failed)
}

/// The images of the model in `folder`; nothing where it does not tell.
///
/// # Errors
/// Fails, naming the model, where the file is damaged: an image that trained would measure.
pub fn training_images(folder: &Path) -> Result<Option<BTreeMap<String, Side>>, ModelError> {
    match fs::read_to_string(folder.join(FILE)) {
        Ok(text) => parse(&text, &folder.display().to_string()).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(invalid(&folder.display().to_string(), &error.to_string())),
    }
}

/// The images in the text of `images.csv` of `model`.
pub(super) fn parse(text: &str, model: &str) -> Result<BTreeMap<String, Side>, ModelError> {
    let mut lines = text.lines();
    if lines.next() != Some(&HEADER.join(",")) {
        return Err(invalid(model, &format!("its first line is not {}", HEADER.join(","))));
    }
    lines
        .map(|line| {
            let (content, side) = line.split_once(',')?;
            Some((content.to_owned(), Side::of_name(side)?))
        })
        .collect::<Option<BTreeMap<_, _>>>()
        .ok_or_else(|| invalid(model, "a line does not name a side"))
}

fn invalid(model: &str, reason: &str) -> ModelError {
    ModelError::Invalid { model: model.to_owned(), reason: format!("{FILE}: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_survive_their_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(training_images(folder.path()).unwrap(), None);
        let sides = BTreeMap::from([
            ("aa".to_owned(), Side::Training),
            ("bb".to_owned(), Side::Validation),
            ("cc".to_owned(), Side::Test),
        ]);
        save_training_images(folder.path(), &sides).unwrap();
        assert_eq!(training_images(folder.path()).unwrap(), Some(sides));
    }

    #[test]
    fn a_damaged_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "content_sha256,side\naa", "content_sha256,side\naa,trained\n"] {
            fs::write(folder.path().join(FILE), text).unwrap();
            let error = training_images(folder.path()).unwrap_err().to_string();
            assert!(error.contains(FILE), "{error}");
        }
    }
}
