//! The pictures that a model's network is shown, for those who run it elsewhere.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{GrayImage, ImageFormat};

use super::parallel::in_order;
use super::target_names::target_names;
use super::{ExportItem, ExportedFile, PipelineOptions};
use crate::catalog::Library;
use crate::classifier::{BackboneCard, prepare};
use crate::export::write_file;
use crate::micrograph::{self, ReadOptions, SourceFile};

/// What is written where.
pub struct ExportPrepared<'a> {
    /// The folder, made where it is new.
    pub out: &'a Path,
    /// The library that the images are in, if any.
    pub library: Option<&'a Library>,
    /// How pictures are prepared.
    pub card: &'a BackboneCard,
    /// How many at once, and how large.
    pub options: PipelineOptions,
}

/// Writes, for each image, the square in 8-bit grey that the network is shown, as PNG. `on_file`
/// hears of each in order; a file of the same name is replaced.
///
/// # Errors
/// When the library cannot be read, or the folder not be made.
pub fn export_prepared(
    items: &[ExportItem],
    export: &ExportPrepared<'_>,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ExportedFile),
) -> Result<(), String> {
    make_folder(export.out)?;
    let targets = target_names(items, export.library, "png")?;
    let work = |index: usize| {
        let target = export.out.join(&targets[index]);
        export_one(&items[index], &target, export).map(|()| target)
    };
    in_order(items.len(), export.options.workers, cancel, &work, &mut |index, outcome| {
        on_file(ExportedFile { path: items[index].file.path.clone(), outcome });
    });
    Ok(())
}

fn export_one(item: &ExportItem, target: &Path, export: &ExportPrepared<'_>) -> Result<(), String> {
    let limit_bytes = export.options.limit_bytes;
    let source =
        SourceFile::open(&item.file.path, limit_bytes).map_err(|error| error.to_string())?;
    let options = ReadOptions { limit_bytes, choice: item.file.choice.clone() };
    let micrograph = micrograph::read(&source, &options).map_err(|error| error.to_string())?;
    let prepared = prepare(&micrograph, export.card).map_err(|error| error.to_string())?;
    let side_px = prepared.side_px();
    let picture = GrayImage::from_fn(side_px, side_px, |column, row| {
        image::Luma([prepared.pixels()[(row * side_px + column) as usize]])
    });
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|error| error.to_string())?;
    make_folder(target.parent().unwrap_or(export.out))?;
    write_file(target, png.get_ref()).map_err(|error| error.to_string())
}

fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("Cannot make the folder: {error}: {}", folder.display()))
}
