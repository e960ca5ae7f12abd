//! Predictions that are saved for many images at once.

use std::path::PathBuf;

use super::super::prediction::{MANY, set_indexes_aside};
use super::super::*;
use super::{Fixture, model, reading};

fn with_images(count: usize) -> (Fixture, Vec<ImageId>) {
    let fixture = Fixture::with_files(&[]);
    let image = |number: usize| FilledImage {
        relative_path: PathBuf::from(format!("{number}.tif")),
        size_bytes: 12,
        modified_ns: 1,
        reading: reading(&format!("{number:064x}")),
        scores: None,
    };
    let images: Vec<FilledImage> = (0..count).map(image).collect();
    let ids = fixture.library.fill(&images, &model("none")).unwrap();
    (fixture, ids)
}

fn indexes(fixture: &Fixture) -> Vec<String> {
    let connection = fixture.raw_connection();
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' ORDER BY name")
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|sql| sql.unwrap().unwrap_or_default()).collect()
}

#[test]
fn predictions_of_a_whole_library_are_saved_and_found_as_those_of_one_image() {
    let (fixture, images) = with_images(MANY);
    let library = &fixture.library;
    let before = indexes(&fixture);
    for (name, best) in [("m", 0), ("n", 1)] {
        let scores: Vec<f32> = (0..3).map(|i| if i == best { 0.5 } else { 0.25 }).collect();
        let predictions: Vec<(ImageId, Vec<f32>)> =
            images.iter().map(|image| (*image, scores.clone())).collect();
        library.save_predictions(&model(name), &predictions).unwrap();
        assert_eq!(library.count_to_classify(name).unwrap(), 0);
    }
    assert_eq!(indexes(&fixture), before, "all are there again");
    let text = "prediction:Wires score:>0.4 score:<0.6";
    let query = crate::query::Query::parse(text).unwrap();
    let found = library.image_ids(&View { query, ..View::default() }).unwrap();
    assert_eq!(found.len(), MANY);
    assert_eq!(library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn indexes_are_set_aside_for_most_of_the_predictions_and_not_for_a_few() {
    let (fixture, images) = with_images(MANY);
    let predictions: Vec<(ImageId, Vec<f32>)> =
        images.iter().map(|image| (*image, vec![0.5, 0.25, 0.25])).collect();
    fixture.library.save_predictions(&model("m"), &predictions).unwrap();
    let mut connection = fixture.raw_connection();
    let transaction = connection.transaction().unwrap();
    assert_eq!(set_indexes_aside(&transaction, MANY / 3).unwrap(), [""; 0]);
    let made_by = set_indexes_aside(&transaction, MANY).unwrap();
    assert_eq!(made_by.len(), 4, "{made_by:?}");
}

#[test]
fn scores_that_cannot_be_used_leave_everything_as_it_was() {
    let (fixture, images) = with_images(MANY);
    let before = indexes(&fixture);
    let mut predictions: Vec<(ImageId, Vec<f32>)> =
        images.iter().map(|image| (*image, vec![0.5, 0.25, 0.25])).collect();
    predictions[MANY - 1].1 = vec![0.5];
    let error = fixture.library.save_predictions(&model("m"), &predictions).unwrap_err();
    assert!(matches!(error, CatalogError::UnusableScores { .. }), "{error}");
    assert_eq!(indexes(&fixture), before);
    assert_eq!(fixture.library.count_to_classify("m").unwrap(), MANY as u64);
}
