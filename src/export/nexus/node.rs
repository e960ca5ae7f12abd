//! Groups, values and attributes: the HDF5 calls, each failure with the object it concerns.

use std::path::Path;

use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{Dataset, Group, H5Type, Location};
use ndarray::{ArrayView, Dimension};

use super::super::ExportError;

/// Compresses nearly as well as 9 on micrographs, in a fraction of the time.
const DEFLATE_LEVEL: u8 = 4;
/// Tiles of this many rows and columns, so that a viewer need not unpack all of a large image.
const CHUNK_PX: usize = 512;

/// What could not be written and why; the caller knows the path.
#[derive(Debug)]
pub(in super::super) struct Failure {
    object: String,
    reason: String,
}

pub(super) type Written<T = ()> = Result<T, Failure>;

impl Failure {
    /// `object` failed with `reason`.
    pub(in super::super) fn new(object: &str, reason: &impl ToString) -> Self {
        Self { object: object.to_owned(), reason: plain_reason(&reason.to_string()).to_owned() }
    }

    /// The error of the file at `path`.
    pub(in super::super) fn at(self, path: &Path) -> ExportError {
        ExportError::Hdf5 { object: self.object, reason: self.reason, path: path.to_owned() }
    }
}

/// The operating system's own words, where the library quotes them among file descriptors and
/// addresses; else all that the library says.
fn plain_reason(reason: &str) -> &str {
    let quoted = reason.split_once("error message = '").and_then(|(_, rest)| rest.split_once('\''));
    quoted.map_or(reason, |(words, _)| words)
}

/// The failure of what is called `name` below `parent`.
fn failed(parent: &Location, name: &str) -> impl FnOnce(hdf5::Error) -> Failure {
    let object = format!("{}/{name}", parent.name().trim_end_matches('/'));
    move |err| Failure::new(&object, &err)
}

/// A new group of NeXus class `class`.
pub(super) fn group(parent: &Group, name: &str, class: &str) -> Written<Group> {
    let group = parent.create_group(name).map_err(failed(parent, name))?;
    text_attribute(&group, "NX_class", class)?;
    Ok(group)
}

/// A text of any length.
pub(super) fn text(parent: &Group, name: &str, value: &str) -> Written<Dataset> {
    let dataset =
        parent.new_dataset::<VarLenUnicode>().create(name).map_err(failed(parent, name))?;
    dataset.write_scalar(&unicode(value)).map_err(failed(parent, name))?;
    Ok(dataset)
}

/// The text, where there is one.
pub(super) fn optional_text(parent: &Group, name: &str, value: Option<&str>) -> Written {
    match value {
        Some(value) => text(parent, name, value).map(drop),
        None => Ok(()),
    }
}

/// One text an element.
pub(super) fn texts<'a>(
    parent: &Group,
    name: &str,
    values: impl Iterator<Item = &'a str>,
) -> Written {
    list(parent, name, &values.map(unicode).collect::<Vec<_>>()).map(drop)
}

/// One value, without a unit.
pub(super) fn scalar<T: H5Type>(parent: &Group, name: &str, value: T) -> Written<Dataset> {
    let dataset = parent.new_dataset::<T>().create(name).map_err(failed(parent, name))?;
    dataset.write_scalar(&value).map_err(failed(parent, name))?;
    Ok(dataset)
}

/// The quantity, where it is known.
pub(super) fn quantity(parent: &Group, name: &str, value: Option<f64>, units: &str) -> Written {
    match value {
        Some(value) => {
            let dataset = scalar(parent, name, value)?;
            text_attribute(&dataset, "units", units)
        }
        None => Ok(()),
    }
}

/// A list of values.
pub(super) fn list<T: H5Type>(parent: &Group, name: &str, values: &[T]) -> Written<Dataset> {
    parent.new_dataset_builder().with_data(values).create(name).map_err(failed(parent, name))
}

/// An image of rows and columns, compressed by filters that every HDF5 library has. Any further
/// dimension, such as colour, is not cut into chunks.
///
/// The filters run under the library's global lock: handing over chunks compressed outside it
/// (`H5Dwrite_chunk`) is not offered by the safe interface, and this crate forbids unsafe code.
pub(super) fn image<T: H5Type, D: Dimension>(
    parent: &Group,
    name: &str,
    pixels: ArrayView<'_, T, D>,
) -> Written<Dataset> {
    let mut chunk = pixels.raw_dim();
    chunk.slice_mut().iter_mut().take(2).for_each(|length| *length = (*length).min(CHUNK_PX));
    parent
        .new_dataset_builder()
        .shuffle()
        .deflate(DEFLATE_LEVEL)
        .chunk(chunk.slice())
        .with_data(pixels)
        .create(name)
        .map_err(failed(parent, name))
}

/// A second name for a dataset.
pub(super) fn link(parent: &Group, existing: &str, name: &str) -> Written {
    parent.link_hard(existing, name).map_err(failed(parent, name))
}

/// A text as an attribute.
pub(super) fn text_attribute(of: &Location, name: &str, value: &str) -> Written {
    attribute(of, name, unicode(value))
}

/// Texts as one attribute.
pub(super) fn texts_attribute(of: &Location, name: &str, values: &[&str]) -> Written {
    let values: Vec<_> = values.iter().map(|value| unicode(value)).collect();
    of.new_attr_builder()
        .with_data(&values)
        .create(name)
        .map(drop)
        .map_err(failed(of, &format!("@{name}")))
}

/// A short ASCII text of fixed length as an attribute, as HDF5's image specification wants it.
pub(super) fn ascii_attribute(of: &Location, name: &str, value: &str) -> Written {
    match FixedAscii::<16>::from_ascii(value) {
        Ok(value) => attribute(of, name, value),
        Err(err) => Err(Failure::new(name, &err)),
    }
}

/// One value as an attribute.
pub(super) fn attribute<T: H5Type>(of: &Location, name: &str, value: T) -> Written {
    of.new_attr::<T>()
        .create(name)
        .and_then(|attribute| attribute.write_scalar(&value))
        .map_err(failed(of, &format!("@{name}")))
}

/// UTF-8 of variable length. HDF5 ends it at a zero byte, so that one becomes U+FFFD; texts that
/// must be kept to the byte are stored otherwise, see `entry::header_note`.
fn unicode(text: &str) -> VarLenUnicode {
    // Without a zero it cannot fail.
    text.parse().or_else(|_| text.replace('\0', "\u{fffd}").parse()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_system_s_words_are_taken_out_of_the_library_s() {
        let reason = "unable to flush file: file write failed: errno = 28, error message = 'No \
                      space left on device', buf = 0x7fdfb411c788";
        assert_eq!(super::plain_reason(reason), "No space left on device");
        assert_eq!(super::plain_reason("name already exists"), "name already exists");
    }
}
