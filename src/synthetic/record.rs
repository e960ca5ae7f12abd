//! A row of `manifest.csv`.

use serde::{Deserialize, Serialize};

/// What is known about one synthetic image; the fields are the manifest's columns, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleRecord {
    /// Path below the library's folder, with `/`.
    pub file: String,
    /// The folder, and the right answer.
    pub category: String,
    /// Always `semblance synthetic`.
    pub source: String,
    /// Images with the same group show the same sample; never split them over training and test.
    pub group: String,
    /// Always `CC0-1.0`.
    pub licence: String,
    /// Empty: a synthetic image is surely of its category.
    pub weak_label: String,
    /// Another category that is also in the picture, or empty.
    pub second_category: String,
    /// Kind of picture within the category.
    pub subcategory: String,
    /// `yes` if a measurement or outline is drawn into the pixels, else empty.
    pub burnt_in_drawing: String,
    /// Same for pictures of one place at several magnifications, else empty.
    pub zoom_series: String,
    /// Whose header layout the file has: `Zeiss` or `FEI`.
    pub vendor: String,
    /// 8 or 16.
    pub bit_depth: u8,
    /// As shown in the data bar.
    pub magnification: f64,
    /// Width of a pixel on the specimen.
    pub nm_per_px: f64,
    /// Accelerating voltage.
    pub accelerating_voltage_kv: f64,
    /// Working distance.
    pub working_distance_mm: f64,
    /// Height of the strip of text below the picture; 0 if there is none.
    pub data_bar_height_px: u32,
    /// Always `yes`.
    pub synthetic: String,
}
