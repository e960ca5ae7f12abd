//! How alike copies of one micrograph are, and how alike different micrographs:
//! `SEMBLANCE_TEST_DATA=… cargo bench --bench near_duplicates`.
//!
//! For every image below `labelled/` it makes the copies that libraries have (saved as JPEG, scaled,
//! brightened, cropped, with a mark drawn in) and prints in how many bits their hashes differ and
//! the cosine of their features, then the same for all pairs of different images. The limits of
//! `Likeness::confirmed` were chosen by it.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot work stops")]
#![allow(clippy::print_stdout, reason = "figures go to stdout")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};
use semblance::classifier::{Backbone, DEFAULT_BACKBONE};
use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, DataBar, Micrograph, Pixels, ReadOptions, Samples, SourceFile, read,
    to_gray8,
};
use semblance::similarity::{PerceptualHash, perceptual_hash};

/// Hash distances at which pairs are counted.
const MOST_BITS: [u32; 4] = [16, 20, 24, 28];

/// From which on features are alike.
const LEAST_COSINE: f32 = 0.7;

type Change = fn(&GrayImage) -> GrayImage;

const COPIES: [(&str, Change); 9] = [
    ("JPEG, quality 50", jpeg),
    ("half the size", |picture| {
        let (width, height) = picture.dimensions();
        imageops::resize(picture, width / 2, height / 2, FilterType::CatmullRom)
    }),
    ("gamma 0.8", |picture| toned(picture, |tone| tone.powf(0.8))),
    ("brightness + 30 of 255", |picture| toned(picture, |tone| tone + 30.0 / 255.0)),
    ("contrast x 1.4, clipped", |picture| toned(picture, |tone| (tone - 0.5) * 1.4 + 0.5)),
    ("a mark drawn in", marked),
    ("2 % off two sides", |picture| cut(picture, [0.02, 0.02, 0.0, 0.0])),
    ("2.5 % off all sides", |picture| cut(picture, [0.025; 4])),
    ("5 % off one side", |picture| cut(picture, [0.0, 0.05, 0.0, 0.0])),
];

fn jpeg(picture: &GrayImage) -> GrayImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 50).encode_image(picture).unwrap();
    image::load_from_memory(&bytes).unwrap().into_luma8()
}

fn toned(picture: &GrayImage, change: impl Fn(f32) -> f32) -> GrayImage {
    let mut toned = picture.clone();
    for Luma([tone]) in toned.pixels_mut() {
        *tone = (change(f32::from(*tone) / 255.0) * 255.0).round().clamp(0.0, 255.0) as u8;
    }
    toned
}

/// A scale bar with a box for its text, in a corner.
fn marked(picture: &GrayImage) -> GrayImage {
    let mut marked = picture.clone();
    let (width, height) = picture.dimensions();
    for (x, y, pixel) in marked.enumerate_pixels_mut() {
        let in_box = x > width * 3 / 4 && y > height * 9 / 10;
        let in_bar = in_box && y > height * 95 / 100 && x < width * 95 / 100;
        if in_box {
            *pixel = Luma([if in_bar { 255 } else { 0 }]);
        }
    }
    marked
}

/// Without these shares of the left, upper, right and lower side.
fn cut(picture: &GrayImage, [left, top, right, bottom]: [f64; 4]) -> GrayImage {
    let (width, height) = picture.dimensions();
    let of = |side: u32, share: f64| (f64::from(side) * share).round() as u32;
    let (x, y) = (of(width, left), of(height, top));
    let (w, h) = (width - x - of(width, right), height - y - of(height, bottom));
    imageops::crop_imm(picture, x, y, w, h).to_image()
}

/// What an image is compared by; a blank one has no hash.
struct Fingerprint {
    hash: Option<PerceptualHash>,
    features: Vec<f32>,
}

impl Fingerprint {
    fn of(picture: &GrayImage, like: &Micrograph, backbone: &Backbone) -> Self {
        let (width, height) = picture.dimensions();
        let pixels = Pixels::new(width, height, Samples::Gray8(picture.as_raw().clone())).unwrap();
        let micrograph =
            Micrograph { pixels, bit_depth: 8, data_bar: DataBar::NONE, ..like.clone() };
        let hash = perceptual_hash(picture.as_raw(), width as usize, 0, height as usize).unwrap();
        let features = backbone.features(&backbone.prepare(&micrograph).unwrap()).unwrap();
        Self { hash, features }
    }

    /// Bits that differ, and the cosine of the features.
    fn compare(&self, other: &Self) -> Option<(u32, f32)> {
        let norm = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>().sqrt();
        let dot: f32 = self.features.iter().zip(&other.features).map(|(a, b)| a * b).sum();
        let cosine = dot / (norm(&self.features) * norm(&other.features));
        Some((self.hash?.distance(other.hash?), cosine))
    }
}

fn fingerprints(path: &Path, backbone: &Backbone) -> Option<Vec<Fingerprint>> {
    let file = SourceFile::open(path, DEFAULT_LIMIT_BYTES).ok()?;
    let micrograph = read(&file, &ReadOptions::default()).ok()?;
    let (width, rows) = (micrograph.pixels.width_px(), micrograph.picture_rows());
    let gray = GrayImage::from_raw(width, micrograph.pixels.height_px(), to_gray8(&micrograph))?;
    let picture = imageops::crop_imm(&gray, 0, rows.start, width, rows.len() as u32).to_image();
    let copies = COPIES.iter().map(|(_, change)| change(&picture));
    let all = std::iter::once(picture.clone()).chain(copies);
    Some(all.map(|picture| Fingerprint::of(&picture, &micrograph, backbone)).collect())
}

fn images_below(folder: &Path) -> Vec<PathBuf> {
    let mut images: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_map(|entry| entry.ok().map(walkdir::DirEntry::into_path))
        .filter(|path| path.is_file() && path.extension().is_some_and(|name| name != "csv"))
        .collect();
    images.sort();
    images
}

fn print_line(name: &str, pairs: &[(u32, f32)]) {
    let mut cosines: Vec<f32> = pairs.iter().map(|(_, cosine)| *cosine).collect();
    cosines.sort_by(f32::total_cmp);
    let quantile = |share: f64| cosines[((cosines.len() - 1) as f64 * share) as usize];
    print!("{name:24} {:6} pairs, cosine", pairs.len());
    for share in [0.0, 0.01, 0.05, 0.5, 0.95, 0.99, 0.999, 1.0] {
        print!(" {:5.3}", quantile(share));
    }
    for most_bits in MOST_BITS {
        let near: Vec<f32> =
            pairs.iter().filter(|(bits, _)| *bits <= most_bits).map(|pair| pair.1).collect();
        let share = 100.0 * near.len() as f64 / pairs.len() as f64;
        let lowest = near.iter().copied().fold(f32::INFINITY, f32::min);
        let highest = near.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let alike = near.iter().filter(|cosine| **cosine >= LEAST_COSINE).count();
        let alike = 100.0 * alike as f64 / pairs.len() as f64;
        print!(" | {most_bits}: {share:.3} % ({alike:.3} % alike) {lowest:.3}..{highest:.3}");
    }
    println!();
}

fn main() {
    let Some(data) = std::env::var_os("SEMBLANCE_TEST_DATA").map(PathBuf::from) else {
        println!("skipped: SEMBLANCE_TEST_DATA names no folder with micrographs in labelled/");
        return;
    };
    let images = images_below(&data.join("labelled"));
    let backbone = Backbone::find(DEFAULT_BACKBONE, 1).unwrap();
    let queue = Mutex::new(images.iter().enumerate());
    let found: Mutex<Vec<(usize, Vec<Fingerprint>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((index, path)) = queue.lock().unwrap().next() else { break };
                    if let Some(of_image) = fingerprints(path, &backbone) {
                        found.lock().unwrap().push((index, of_image));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(index, _)| *index);
    println!(
        "{} images; cosine at 0, 1, 5, 50, 95, 99, 99.9, 100 %; | bits: share, cosines",
        found.len()
    );
    for (number, (name, _)) in COPIES.iter().enumerate() {
        let pairs: Vec<_> =
            found.iter().filter_map(|(_, of)| of[0].compare(&of[number + 1])).collect();
        print_line(name, &pairs);
    }
    let mut different = Vec::new();
    for (number, (_, of)) in found.iter().enumerate() {
        for (_, other) in &found[number + 1..] {
            different.extend(of[0].compare(&other[0]));
        }
    }
    print_line("different images", &different);
    for (number, (index, of)) in found.iter().enumerate() {
        for (other_index, other) in &found[number + 1..] {
            if let Some((bits, cosine)) = of[0].compare(&other[0])
                && bits <= MOST_BITS[MOST_BITS.len() - 1]
            {
                let name = |index: usize| images[index].strip_prefix(&data).unwrap().display();
                println!("  {bits:3} bits, {cosine:.3}: {} {}", name(*index), name(*other_index));
            }
        }
    }
}
