//! Near-duplicates, similar images and groups on the command line.

use std::fs;

use image::GrayImage;
use image::imageops::{self, FilterType};
use semblance::catalog::{Library, LibraryPlace, Side};
use semblance::classifier::training_images;
use semblance::learning::side_of;
use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, ReadOptions, SourceFile, content_sha256, read, to_gray8,
};
use serde_json::Value;

use crate::program::Program;

/// Six images of three categories, and two copies of one without its data bar: as a JPEG of half the
/// size, and with its edges cut off.
fn with_copies() -> Program {
    let program = Program::new();
    program.copy_categories(&["Tips", "Fibres", "Powder"], "images");
    let original = program.folder().join("images/Tips/Tips_0000.tif");
    let file = SourceFile::open(&original, DEFAULT_LIMIT_BYTES).unwrap();
    let original = read(&file, &ReadOptions::default()).unwrap();
    let (width, rows) = (original.pixels.width_px(), original.picture_rows());
    let gray = to_gray8(&original);
    let gray = GrayImage::from_raw(width, original.pixels.height_px(), gray).unwrap();
    let height = rows.len() as u32;
    let picture = imageops::crop_imm(&gray, 0, rows.start, width, height).to_image();
    imageops::resize(&picture, width / 2, height / 2, FilterType::CatmullRom)
        .save(program.folder().join("images/half.jpg"))
        .unwrap();
    let (x, y) = (width / 100, height / 100);
    imageops::crop_imm(&picture, x, y, width - 2 * x, height - y)
        .to_image()
        .save(program.folder().join("images/cut.png"))
        .unwrap();
    program
}

fn paths(images: &Value) -> Vec<&str> {
    images.as_array().unwrap().iter().map(|image| image["path"].as_str().unwrap()).collect()
}

fn found(program: &Program, query: &str) -> Vec<String> {
    let ran = program.line(&format!("search --library images {query}")).fine();
    ran.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn copies_are_found_before_and_after_classifying_and_told_in_searches() {
    let program = with_copies();
    program.line("classify --model sample --library images").fine();
    for _ in 0..2 {
        let ran = program.line("duplicates --library images --json").fine();
        let [cluster] = ran.rows().try_into().unwrap();
        assert_eq!(paths(&cluster["images"]), ["Tips/Tips_0000.tif", "cut.png", "half.jpg"]);
        assert_eq!(cluster["conflicting"], false);
        assert!(
            ran.stderr.contains("Compared: 8; clusters of near-duplicates: 1, images in them: 3"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(found(&program, "is:duplicate").len(), 3);
    assert_eq!(found(&program, "near:half.jpg"), found(&program, "is:duplicate"));
    assert_eq!(found(&program, "near:Powder/Powder_0000.tif"), ["Powder/Powder_0000.tif"]);
    assert_eq!(found(&program, "is:conflicting"), [""; 0]);

    for (category, image) in [("Tips", "half.jpg"), ("Powder", "cut.png")] {
        let line = format!("labels set --library images --category {category} images/{image}");
        program.line(&line).fine();
    }
    assert_eq!(found(&program, "is:conflicting").len(), 3);
    let ran = program.line("duplicates --library images").fine();
    assert!(ran.stdout.contains("cut.png  (Powder)"), "{}", ran.stdout);
    assert!(ran.stderr.contains("clusters with different labels: 1"), "{}", ran.stderr);
}

#[test]
fn images_that_nobody_has_read_are_read_to_be_compared() {
    let program = with_copies();
    program.write("images/broken.tif", "no image");
    let ran = program.line("duplicates --library images --json");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("broken.tif"), "{}", ran.stderr);
    assert_eq!(ran.rows().len(), 1);
}

#[test]
fn the_images_most_like_one_are_its_copies() {
    let program = with_copies();
    program.line("classify --model sample --library images").fine();
    let line = "similar --count 3 --json images/Tips/Tips_0000.tif";
    let rows = program.line(line).fine().rows();
    let mut nearest: Vec<&str> =
        rows[..2].iter().map(|row| row["path"].as_str().unwrap()).collect();
    nearest.sort_unstable();
    assert_eq!((rows.len(), nearest), (3, vec!["cut.png", "half.jpg"]));
    let likeness: Vec<f64> = rows.iter().map(|row| row["likeness"].as_f64().unwrap()).collect();
    assert!(likeness[0] >= likeness[1] && likeness[1] > likeness[2], "{likeness:?}");
    program.line("similar --library images images/nobody.tif").refused(&["no such image"]);
    program.line("choose --data-bar 9 images/Tips/Tips_0000.tif").fine();
    program.line(line).refused(&["in another way now", "data bar", "classify it"]);
    program.line("classify --library images --model sample").fine();
    program.line(line).fine();
}

#[test]
fn unlabelled_images_come_in_groups_of_like_ones() {
    let program = with_copies();
    program.line("duplicates --library images").fine();
    program.line("labels set --library images --none-of-these images/cut.png").fine();
    program.line("groups --library images").refused(&["classify them first"]);
    program.line("classify --model sample --library images").fine();
    let rows = program.line("groups --library images --groups 3 --json").fine().rows();
    assert_eq!(rows.len(), 7, "all without a label");
    let group_of = |path: &str| {
        let row = rows.iter().find(|row| row["path"] == path).unwrap();
        row["group"].as_u64().unwrap()
    };
    assert_eq!(group_of("half.jpg"), group_of("Tips/Tips_0000.tif"));
    assert_ne!(group_of("Powder/Powder_0000.tif"), group_of("Tips/Tips_0000.tif"));
    let ran = program.line("groups --library images is:labelled").fine();
    assert!(ran.stdout.starts_with("Group 1, 1 in all"), "{}", ran.stdout);
    program.line("groups --library images is:unusable").refused(&["no such images"]);
    program.line("groups --library images category:Nothing").refused(&["No category is called"]);
}

#[test]
fn what_shows_nearly_the_same_is_on_one_side_of_a_split() {
    let program = with_copies();
    program.line("classify --model sample --library images images").fine();
    for (category, folder) in [("Tips", "Tips"), ("Powder", "Powder"), ("Fibres", "Fibres")] {
        let line = format!(
            "labels set --library images --category {category} images/{folder}/{folder}_0000.tif \
             images/{folder}/{folder}_0001.tif"
        );
        program.line(&line).fine();
    }
    program
        .line("labels set --library images --category Tips images/cut.png images/half.jpg")
        .fine();
    // By its name alone, this copy would measure what the others teach.
    let test_name = (0..).map(|i| format!("copy {i}.jpg"));
    let test_name = test_name.into_iter().find(|name| side_of(name) == Side::Test).unwrap();
    let images = program.folder().join("images");
    fs::rename(images.join("half.jpg"), images.join(&test_name)).unwrap();
    let line = "train --library images --out model --name m --min-images 1 --json";
    let report = program.line(line).fine().row();
    assert!(
        report["plain_split"]["leaked_pairs"]["near_duplicates"].as_u64() > Some(0),
        "{report}"
    );
    let sides = training_images(&program.folder().join("model")).unwrap().unwrap();
    let side = |path: &str| sides[&content_sha256(&fs::read(images.join(path)).unwrap())];
    assert_eq!(side("Tips/Tips_0000.tif"), side("cut.png"));
    assert_eq!(side("Tips/Tips_0000.tif"), side(&test_name));
    let place = LibraryPlace::for_folder(&images).unwrap();
    assert_eq!(Library::open(&place).unwrap().split_sides().unwrap(), sides);
}
