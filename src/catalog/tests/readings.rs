//! What was read from files, and what models said.

use super::*;

#[test]
fn reading_is_kept_and_clears_an_earlier_error() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let library = &fixture.library;
    let image = fixture.image("a.tif");
    library.save_read_error(image, &Default::default(), None, "cut off").unwrap();
    assert_eq!(library.rows(&[image]).unwrap()[0].read_error.as_deref(), Some("cut off"));
    let instrument_json = Some(r#"{"voltage_kv":5.0}"#.into());
    let reading = Reading { width_px: 1024, height_px: 768, instrument_json, ..reading("ab") };
    library.save_reading(image, &reading).unwrap();
    let row = library.rows(&[image]).unwrap().remove(0);
    assert_eq!((row.width_px, row.height_px, row.read_error), (Some(1024), Some(768), None));
    assert_eq!(row.content_sha256.as_deref(), Some("ab"));
    assert_eq!(library.instrument_json(image).unwrap(), reading.instrument_json);

    let nobody = ImageId(99);
    assert!(matches!(library.save_reading(nobody, &reading), Err(CatalogError::UnknownImage(_))));
    assert!(matches!(
        library.save_read_error(nobody, &Default::default(), None, ""),
        Err(CatalogError::UnknownImage(_))
    ));
    assert_eq!(library.instrument_json(nobody).unwrap(), None);
    assert!(matches!(library.path_of(nobody), Err(CatalogError::UnknownImage(_))));
}

#[test]
fn prediction_has_all_scores_the_highest_first() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let image = fixture.image("a.tif");
    fixture.library.save_predictions(&model("m"), &[(image, vec![0.25, 0.25, 0.5])]).unwrap();
    let prediction = fixture.library.prediction(image).unwrap().unwrap();
    assert_eq!(prediction.model, model("m"));
    let expected = [("Films", 0.5), ("Tips", 0.25), ("Wires", 0.25)];
    assert_eq!(prediction.scores, expected.map(|(name, score)| (name.to_owned(), score)));
    let top = fixture.library.rows(&[image]).unwrap().remove(0).top;
    assert_eq!(top, Some(("Films".into(), 0.5)));
}

#[test]
fn later_prediction_replaces_the_earlier_one() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let library = &fixture.library;
    let image = fixture.image("a.tif");
    for (sha256, scores) in [("m", [0.9, 0.1, 0.0]), ("n", [0.0, 0.1, 0.9]), ("m", [0.0, 1.0, 0.0])]
    {
        library.save_predictions(&model(sha256), &[(image, scores.to_vec())]).unwrap();
        assert_eq!(library.prediction(image).unwrap().unwrap().model, model(sha256));
    }
    assert_eq!(library.count_classified().unwrap(), 1);
}

#[test]
fn unusable_scores_are_refused_and_nothing_is_kept() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let (a, b) = (fixture.image("a.tif"), fixture.image("b.tif"));
    for bad in [vec![], vec![1.0], vec![0.1, f32::NAN, 0.2]] {
        let scores = [(a, vec![0.1, 0.2, 0.7]), (b, bad)];
        let error = fixture.library.save_predictions(&model("m"), &scores).unwrap_err();
        assert!(matches!(error, CatalogError::UnusableScores { image, .. } if image == b));
    }
    assert_eq!(fixture.library.count_classified().unwrap(), 0);
}

#[test]
fn images_to_classify_are_those_this_model_has_not_seen() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif", "c.tif", "d.tif"]);
    let library = &fixture.library;
    let [a, b, c, d] = ["a.tif", "b.tif", "c.tif", "d.tif"].map(|path| fixture.image(path));
    assert_eq!(library.images_to_classify("m").unwrap(), [a, b, c, d]);
    library.save_predictions(&model("m"), &[(a, vec![1.0, 0.0, 0.0])]).unwrap();
    library.save_predictions(&model("n"), &[(b, vec![1.0, 0.0, 0.0])]).unwrap();
    library.save_read_error(c, &Default::default(), None, "cut off").unwrap();
    fs::remove_file(fixture.path("d.tif")).unwrap();
    fixture.scan();
    assert_eq!(library.images_to_classify("m").unwrap(), [b, c], "c is tried again");
    assert_eq!(library.count_to_classify("m").unwrap(), 1, "but is not waiting");
    assert_eq!(library.images_to_classify("n").unwrap(), [a, c]);

    fixture.write("c.tif", "repaired");
    fixture.scan();
    assert_eq!(library.images_to_classify("m").unwrap(), [b, c]);
}
