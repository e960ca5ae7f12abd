//! Libraries with features in the cache and no file behind them, in which all is known.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::super::likeness::BackboneFeatures;
use super::super::thumbnail::thumbnail_key;
use super::*;
use crate::cache::{Cache, CachedFeatures};
use crate::catalog::{
    FilledImage, ImageId, LabelSource, LabelValue, Library, LibraryPlace, Mark, ModelInfo, Reading,
};
use crate::micrograph::ReadChoice;
use crate::synthetic::Dice;

const FEATURES: usize = 8;
const CATEGORIES: [&str; 3] = ["Tips", "Wires", "Films"];

/// Images of three categories by turns, whose features tell which; all are classified, none labelled.
struct Place {
    _folder: TempDir,
    library: Library,
    cache: Cache,
    images: Vec<ImageId>,
}

fn content(number: usize) -> String {
    format!("{number:064x}")
}

/// What category `of` looks like, more or less.
fn looks(of: usize, dice: &mut Dice) -> Vec<f32> {
    let axis = |feature| if feature == of { 4.0 } else { 0.0 };
    let chance = |dice: &mut Dice| dice.bits() as f32 / u32::MAX as f32 / 4.0;
    (0..FEATURES).map(|feature| axis(feature) + chance(dice)).collect()
}

impl Place {
    fn new(image_count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let place = LibraryPlace { directory: root.join(".semblance"), root };
        let library = Library::open(&place).unwrap();
        let categories = CATEGORIES.map(String::from).to_vec();
        library.ensure_categories(&categories).unwrap();
        let cache = Cache::of_library(&library);
        let filled: Vec<FilledImage> = (0..image_count).map(filled).collect();
        let model = ModelInfo {
            name: "m".into(),
            sha256: "m".into(),
            categories,
            category_uids: Vec::new(),
        };
        let images = library.fill(&filled, &model).unwrap();
        let place = Self { _folder: folder, library, cache, images };
        let mut dice = Dice::new(1, "review");
        for number in 0..image_count {
            place.keep_features(number, looks(number % 3, &mut dice));
        }
        place
    }

    fn keep_features(&self, number: usize, values: Vec<f32>) {
        let made = CachedFeatures { values, nm_per_px: None, day_at_instrument: None };
        self.cache.store_features(&content(number), "key", &made);
    }

    fn features(&self) -> BackboneFeatures<'_> {
        let feature_key = "key".to_owned();
        BackboneFeatures { cache: &self.cache, feature_key, feature_count: FEATURES }
    }

    fn say(&self, number: usize, category: usize, source: LabelSource) {
        let id = self.library.category_tree().unwrap().find(CATEGORIES[category]).unwrap();
        let label = [(self.images[number], Some(LabelValue::of(id)))];
        self.library.set_labels(&label, "Ada", source).unwrap();
    }

    /// Gives these images the category that they show.
    fn label(&self, numbers: impl IntoIterator<Item = usize>) {
        numbers.into_iter().for_each(|number| self.say(number, number % 3, LabelSource::Person));
    }

    fn errors(&self) -> Result<LabelErrors, ReviewError> {
        label_errors::find(&self.library, &self.features(), &never(), &mut |_, _| ())
    }

    fn unlike(&self) -> Result<Unlike, ReviewError> {
        let found = unlike::find(&self.library, &self.features(), &never(), &mut |_, _| ());
        found.map(Option::unwrap)
    }

    fn numbers(&self, images: impl IntoIterator<Item = ImageId>) -> Vec<usize> {
        let number = |image| self.images.iter().position(|held| *held == image).unwrap();
        images.into_iter().map(number).collect()
    }
}

fn never() -> AtomicBool {
    AtomicBool::new(false)
}

fn filled(number: usize) -> FilledImage {
    FilledImage {
        relative_path: PathBuf::from(format!("{number:04}.tif")),
        size_bytes: 1,
        modified_ns: number as i64,
        reading: Reading::of_content(content(number)),
        scores: None,
    }
}

#[test]
fn labels_that_were_swapped_are_found_first_and_kept() {
    let place = Place::new(90);
    place.label(0..75);
    // One of each category, for each.
    let swapped = [10, 30, 41];
    for number in swapped {
        place.say(number, (number + 1) % 3, LabelSource::Person);
    }
    let errors = place.errors().unwrap();
    assert_eq!((errors.judged, errors.without_features), (75, 0));
    let first = errors.found.iter().take(3);
    let mut numbers = place.numbers(first.clone().map(|found| found.image));
    numbers.sort_unstable();
    assert_eq!(numbers, swapped, "{errors:?}");
    for (found, number) in first.clone().zip(place.numbers(first.map(|found| found.image))) {
        assert_eq!(found.likelier, CATEGORIES[number % 3]);
        assert_eq!(found.given, CATEGORIES[(number + 1) % 3]);
        let doubt = place.library.doubt(found.image).unwrap().unwrap();
        assert_eq!(doubt.margin, found.margin);
    }
    let counts = place.library.review_counts(0.5).unwrap();
    assert_eq!(counts.doubtful, errors.found.len() as u64);
}

#[test]
fn only_labels_that_would_train_are_judged() {
    let place = Place::new(90);
    place.label(0..90);
    // All of these are wrong.
    place.say(3, 1, LabelSource::AcceptedAutomatically);
    place.say(6, 1, LabelSource::Person);
    let mark = Mark { is_excluded: true, ..Mark::default() };
    place.library.set_marks(&[(place.images[6], mark)], "Ada", LabelSource::Person).unwrap();
    place.say(9, 1, LabelSource::Person);
    place.say(10, 0, LabelSource::Person);
    let errors = place.errors().unwrap();
    assert_eq!(errors.judged, 88);
    let found = place.numbers(errors.found.iter().map(|found| found.image));
    let is_found = [3, 6, 9, 10].map(|number| found.contains(&number));
    assert_eq!(is_found, [false, false, true, true], "{errors:?}");
    assert!(errors.notes[0].contains("1 image that a model labelled"), "{:?}", errors.notes);
}

#[test]
fn images_that_were_not_classified_are_counted_and_left_out() {
    let place = Place::new(60);
    place.label(0..60);
    place.keep_features(0, vec![1.0; FEATURES - 1]); // another backbone's
    let errors = place.errors().unwrap();
    assert_eq!((errors.judged, errors.without_features), (59, 1));
    let unlike = place.unlike().unwrap();
    assert_eq!((unlike.known, unlike.compared, unlike.without_features), (59, 59, 1));
}

#[test]
fn a_category_of_which_all_shows_the_same_is_not_judged() {
    let place = Place::new(60);
    place.label((0..60).filter(|number| number % 3 != 2));
    // Films are six times one picture: a head that has not seen it has seen none of its category.
    for number in [2, 5, 8, 11, 14, 17] {
        place.label([number]);
        place.keep_features(number, vec![0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let key = thumbnail_key(&content(number), &ReadChoice::default());
        place.cache.store_picture_hash(&key, Some(0x5eed));
    }
    let errors = place.errors().unwrap();
    assert_eq!(errors.not_judged.into_iter().collect::<Vec<_>>(), [("Films".to_owned(), 6)]);
    assert!(errors.found.iter().all(|found| found.given != "Films"), "{:?}", errors.found);
}

#[test]
fn too_little_to_judge_by_is_refused_with_what_is_missing() {
    let place = Place::new(60);
    assert!(matches!(place.errors(), Err(ReviewError::NothingLabelled)));
    assert!(matches!(place.unlike(), Err(ReviewError::NothingLabelled)));
    place.label([0, 3, 6, 9, 12, 15, 1, 4]);
    place.keep_features(15, Vec::new());
    let told = place.errors().unwrap_err().to_string();
    for words in [
        "5 labelled images",
        "only Tips",
        "classify the library first (labelled, but not classified: 1 image)",
    ] {
        assert!(told.contains(words), "no {words:?} in: {told}");
    }
    let told = place.unlike().unwrap_err().to_string();
    assert!(told.contains("at least 20") && told.contains("there are 7"), "{told}");
    let none = BackboneFeatures { feature_key: "another".into(), ..place.features() };
    let told = label_errors::find(&place.library, &none, &never(), &mut |_, _| ()).unwrap_err();
    assert!(matches!(told, ReviewError::NoneClassified(_)), "{told}");
    assert_eq!(place.library.review_counts(0.5).unwrap().doubtful, 0);
}

#[test]
fn what_nobody_has_labelled_the_like_of_is_unlike_until_somebody_labels_it() {
    let place = Place::new(90);
    place.label(0..60);
    let mut dice = Dice::new(2, "unlike");
    for number in [70, 71] {
        place.keep_features(number, looks(5, &mut dice)); // no category looks like this
    }
    let mut heard = Vec::new();
    let (features, never) = (place.features(), never());
    let unlike =
        unlike::find(&place.library, &features, &never, &mut |done, of| heard.push((done, of)));
    let unlike = unlike.unwrap().unwrap();
    assert_eq!(heard.last(), Some(&(90, 90)));
    assert_eq!((unlike.known, unlike.compared, unlike.without_features), (60, 90, 0));
    let mut first = place.numbers(unlike.found.iter().take(2).map(|(image, _)| *image));
    first.sort_unstable();
    assert_eq!(first, [70, 71]);
    assert!(unlike.found.iter().all(|(_, distance)| *distance > unlike.threshold));
    assert!(unlike.found.len() < 10, "what looks like the others is like them: {unlike:?}");
    let novelty = place.library.novelty(place.images[70]).unwrap().unwrap();
    assert!(novelty.is_beyond() && novelty.threshold == unlike.threshold);
    let waiting = || place.library.review_counts(0.5).unwrap().unlike;
    let before = waiting();
    assert_eq!(before, unlike.found.len() as u64);
    place.label([70]);
    assert_eq!(waiting(), before - 1);
}

#[test]
fn what_was_cancelled_leaves_everything_as_it_was() {
    let place = Place::new(60);
    place.label(0..45);
    place.say(9, 1, LabelSource::Person);
    place.say(10, 0, LabelSource::Person);
    place.errors().unwrap();
    place.unlike().unwrap();
    let counts = place.library.review_counts(0.5).unwrap();
    assert!(counts.doubtful > 0);
    place.say(13, 2, LabelSource::Person);
    let before = place.library.review_counts(0.5).unwrap();
    let (library, features) = (&place.library, place.features());
    // At once, and after each step that is told.
    for steps in 0..3 {
        let cancel = AtomicBool::new(steps == 0);
        let mut stop = cancelling_after(steps, &cancel);
        let stopped = label_errors::find(library, &features, &cancel, &mut stop);
        assert!(matches!(stopped, Err(ReviewError::Train(TrainError::Cancelled))), "{steps}");
        assert_eq!(library.review_counts(0.5).unwrap(), before, "{steps}");
    }
    for steps in 0..2 {
        let cancel = AtomicBool::new(steps == 0);
        let mut stop = cancelling_after(steps, &cancel);
        assert_eq!(unlike::find(library, &features, &cancel, &mut stop).unwrap(), None, "{steps}");
        assert_eq!(library.review_counts(0.5).unwrap(), before, "{steps}");
    }
}

fn cancelling_after(steps: usize, cancel: &AtomicBool) -> impl FnMut(usize, usize) {
    let mut told = 0;
    move |_, _| {
        told += 1;
        cancel.store(told >= steps, Ordering::Relaxed);
    }
}
