//! The page and the data bar that people choose.

use super::*;
use crate::micrograph::SizedDataBar;

const SIZE_PX: [u32; 2] = [1024, 943];

fn read(fixture: &Fixture, relative: &str, [width_px, height_px]: [u32; 2]) {
    let data_bar = DataBar::at_bottom(7);
    let reading = Reading { width_px, height_px, pages: 2, data_bar, ..reading(relative) };
    fixture.library.save_reading(fixture.image(relative), &reading).unwrap();
}

fn own(fixture: &Fixture, relative: &str, rows: u32) -> ChangedChoice {
    let change = ChoiceChange::DataBar {
        image: fixture.image(relative),
        data_bar: Some(DataBar::at_bottom(rows)),
    };
    fixture.library.change_choices(&[change]).unwrap()
}

fn for_folder(fixture: &Fixture, folder: &str, rows: Option<u32>) -> ChangedChoice {
    let change = ChoiceChange::FolderDataBar {
        folder: folder.to_owned(),
        size_px: SIZE_PX,
        data_bar: rows.map(DataBar::at_bottom),
    };
    fixture.library.change_choices(&[change]).unwrap()
}

/// The heights that hold for an image's folder, the nearest folder's first.
fn of_folder(fixture: &Fixture, relative: &str) -> Vec<u32> {
    let choice = fixture.library.read_choice(fixture.image(relative)).unwrap();
    let bars = choice.folder_data_bars.into_iter();
    bars.map(|SizedDataBar { size_px, data_bar }| {
        assert_eq!(size_px, SIZE_PX);
        data_bar.bottom
    })
    .collect()
}

#[test]
fn a_choice_is_kept_and_its_inverse_takes_it_back() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let image = fixture.image("a.tif");
    assert_eq!(fixture.library.read_choice(image).unwrap(), Default::default());
    let bar = own(&fixture, "a.tif", 59);
    let page = ChoiceChange::Page { image, page: Some(2) };
    let page = fixture.library.change_choices(&[page]).unwrap();
    let choice = fixture.second_handle().read_choice(image).unwrap();
    assert_eq!((choice.page, choice.data_bar), (Some(2), Some(DataBar::at_bottom(59))));
    for changed in [page, bar] {
        fixture.library.change_choices(&changed.inverse).unwrap();
    }
    assert_eq!(fixture.library.read_choice(image).unwrap(), Default::default());
}

#[test]
fn changes_are_made_together_or_not_at_all() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let image = fixture.image("a.tif");
    let bar = |rows| ChoiceChange::DataBar { image, data_bar: Some(DataBar::at_bottom(rows)) };
    let nobody = ChoiceChange::Page { image: ImageId(99), page: Some(1) };
    fixture.library.change_choices(&[bar(1), nobody]).unwrap_err();
    assert_eq!(fixture.library.read_choice(image).unwrap(), Default::default());
    let changed = fixture.library.change_choices(&[bar(1), bar(1), bar(2)]).unwrap();
    assert_eq!(changed.images, [image]);
    assert_eq!(changed.inverse, [bar(1), ChoiceChange::DataBar { image, data_bar: None }]);
    fixture.library.change_choices(&changed.inverse).unwrap();
    assert_eq!(fixture.library.read_choice(image).unwrap(), Default::default());
}

#[test]
fn a_folders_bar_holds_below_it_and_nowhere_else() {
    let fixture = Fixture::with_files(&["a/1.tif", "a/b/2.tif", "ab/3.tif", "4.tif"]);
    for_folder(&fixture, "a", Some(59));
    assert_eq!(of_folder(&fixture, "a/1.tif"), [59]);
    assert_eq!(of_folder(&fixture, "a/b/2.tif"), [59]);
    assert_eq!(of_folder(&fixture, "ab/3.tif"), [0; 0]);
    assert_eq!(of_folder(&fixture, "4.tif"), [0; 0]);
}

#[test]
fn the_nearest_folder_comes_first_and_the_root_last() {
    let fixture = Fixture::with_files(&["a/b/2.tif"]);
    for (folder, rows) in [("", 1), ("a", 2), ("a/b", 3)] {
        for_folder(&fixture, folder, Some(rows));
    }
    assert_eq!(of_folder(&fixture, "a/b/2.tif"), [3, 2, 1]);
    for_folder(&fixture, "a/b", None);
    assert_eq!(of_folder(&fixture, "a/b/2.tif"), [2, 1]);
}

#[test]
fn what_was_predicted_of_other_pixels_is_forgotten() {
    let fixture = Fixture::with_files(&["a/1.tif", "a/2.tif", "b/3.tif"]);
    let names = ["a/1.tif", "a/2.tif", "b/3.tif"];
    let predict = || {
        let scores = names.map(|name| (fixture.image(name), vec![0.5, 0.25, 0.25]));
        fixture.library.save_predictions(&model("m"), &scores).unwrap();
    };
    let predicted =
        || names.map(|name| fixture.library.prediction(fixture.image(name)).unwrap().is_some());
    read(&fixture, "a/1.tif", SIZE_PX);
    read(&fixture, "a/2.tif", [512, 471]);
    predict();
    let changed = own(&fixture, "b/3.tif", 59);
    assert_eq!(changed.images, [fixture.image("b/3.tif")]);
    assert_eq!(changed.unclassified, changed.images);
    assert_eq!(own(&fixture, "b/3.tif", 60).unclassified, [], "it had lost its prediction already");
    assert_eq!(predicted(), [true, true, false]);
    predict();
    // Of another size, so that the folder's bar is none of its business.
    assert_eq!(for_folder(&fixture, "a", Some(59)).images, [fixture.image("a/1.tif")]);
    assert_eq!(predicted(), [false, true, true]);
}

#[test]
fn vanished_images_lose_their_predictions_and_are_not_counted() {
    let fixture = Fixture::with_files(&["a/1.tif", "a/2.tif"]);
    let scores = ["a/1.tif", "a/2.tif"].map(|name| (fixture.image(name), vec![0.5, 0.25, 0.25]));
    fixture.library.save_predictions(&model("m"), &scores).unwrap();
    let gone = fixture.image("a/2.tif");
    fs::remove_file(fixture.path("a/2.tif")).unwrap();
    fixture.scan();
    let changed = for_folder(&fixture, "a", Some(59));
    assert_eq!(changed.images, [fixture.image("a/1.tif")]);
    assert_eq!(changed.unclassified, changed.images);
    assert_eq!(fixture.library.prediction(gone).unwrap(), None);
}

#[test]
fn an_error_of_another_choice_is_not_kept() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let image = fixture.image("a.tif");
    let before = fixture.library.read_choice(image).unwrap();
    fixture.library.save_read_error(image, &before, None, "no page").unwrap();
    assert_eq!(own(&fixture, "a.tif", 9).unclassified, [image], "it is tried again");
    fixture.library.save_read_error(image, &before, None, "no page").unwrap();
    assert_eq!(fixture.library.rows(&[image]).unwrap()[0].read_error, None);
}

#[test]
fn choices_outlive_a_change_of_the_file_and_readings_do_not() {
    let fixture = Fixture::with_files(&["a.tif"]);
    read(&fixture, "a.tif", SIZE_PX);
    let row =
        |fixture: &Fixture| fixture.library.rows(&[fixture.image("a.tif")]).unwrap().remove(0);
    let bar = Some((DataBar::at_bottom(7), DataBarSource::Pixels));
    assert_eq!((row(&fixture).page, row(&fixture).data_bar), (Some((1, 2)), bar));
    own(&fixture, "a.tif", 59);
    fixture.write("a.tif", "other content");
    fixture.scan();
    assert_eq!((row(&fixture).page, row(&fixture).data_bar), (None, None));
    let choice = fixture.library.read_choice(fixture.image("a.tif")).unwrap();
    assert_eq!(choice.data_bar, Some(DataBar::at_bottom(59)));
}

#[test]
fn an_image_that_the_library_does_not_have_is_refused() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let change = ChoiceChange::Page { image: ImageId(99), page: Some(1) };
    let error = fixture.library.change_choices(&[change]).unwrap_err();
    assert!(matches!(error, CatalogError::UnknownImage(ImageId(99))));
}
