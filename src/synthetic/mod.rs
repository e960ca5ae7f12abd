//! Makes synthetic scanning electron micrographs: procedural pictures with genuine headers.
//!
//! This is where the project's own test images and the first-start sample library come from.
//! Knows how to draw and write files; knows nothing of labels, the database or the screen.
//!
//! In reading order: [`plan`] decides what every image is, [`scenes`] draws its surface as a
//! [`relief`], [`shading`] and [`detector`] make a micrograph of it, [`acquisition`] gives the
//! instrument's settings, [`zeiss_header`], [`fei_header`] and [`tiff_file`] write them,
//! [`library`] does all of this for a folder.
//!
//! The bytes of a file depend only on the seed, the category and the image's number, on one
//! platform. Another platform's `sin` or `exp` may change a grey value by one.

mod acquisition;
mod data_bar;
mod detector;
mod dice;
mod drawings;
mod error;
mod fei_header;
mod grey_plane;
mod library;
mod micrograph;
mod number_text;
mod plan;
mod record;
mod relief;
mod scenes;
mod shading;
mod shapes;
#[cfg(test)]
mod tests;
mod texture;
mod tiff_file;
mod zeiss_header;

pub use self::dice::Dice;
pub use self::error::SampleError;
pub use self::library::{SampleOptions, write_sample};
pub use self::record::SampleRecord;
pub use self::scenes::categories;
