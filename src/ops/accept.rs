//! Predictions become labels from some score up: one that is given, or the lowest that was measured
//! to keep a promise of accuracy.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::catalog::{
    Acceptance, AcceptanceRule, Answer, CatalogError, ImageId, JudgedPrediction, LabelSource,
    Library, Side,
};
use crate::learning::{Threshold, threshold_for};
use crate::taxonomy::{CategoryId, CategoryTree};

/// From which score on predictions are accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AcceptFrom {
    /// This one.
    Score(f32),
    /// The lowest that keeps a promise.
    Promise {
        /// The share of the labels that is right at least.
        accuracy: f64,
        /// How sure that is.
        confidence: f64,
    },
}

/// What is accepted, before it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptPlan {
    /// Which predictions; `None` where the promise cannot be kept.
    pub rule: Option<AcceptanceRule>,
    /// Of a promise: how it was measured.
    pub measured: Option<Measured>,
    /// What it leads to; nothing where the promise cannot be kept.
    pub acceptance: Acceptance,
}

/// How a promise was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The images that measured, and what they show.
    pub threshold: Threshold,
    /// How many those were.
    pub images: usize,
    /// Images that a person labelled, and that have taught a model or show nearly the same as one
    /// that has.
    pub taught: usize,
    /// Images whose label is a prediction that was accepted.
    pub prompted: usize,
}

/// Whose predictions are accepted.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedModel<'a> {
    /// The model's hash.
    pub sha256: &'a str,
    /// The images it was made with, by their content, where it tells.
    pub images: Option<&'a BTreeMap<String, Side>>,
}

/// Finds out what accepting would do. Nothing is changed.
///
/// # Errors
/// When the library cannot be read.
pub fn plan_accept(
    library: &Library,
    model: AcceptedModel<'_>,
    from: AcceptFrom,
    categories: Option<BTreeSet<CategoryId>>,
) -> Result<AcceptPlan, CatalogError> {
    let (least_score, measured) = match from {
        AcceptFrom::Score(score) => (Some(score), None),
        AcceptFrom::Promise { accuracy, confidence } => {
            let measured = measure(library, model, categories.as_ref(), accuracy, confidence)?;
            // It is the score of one of these images, which is stored in 32 bits.
            (measured.threshold.score.map(|score| score as f32), Some(measured))
        }
    };
    let model_sha256 = model.sha256.to_owned();
    let rule =
        least_score.map(|least_score| AcceptanceRule { model_sha256, least_score, categories });
    let acceptance = match &rule {
        Some(rule) => library.plan_acceptance(rule)?,
        None => Acceptance::default(),
    };
    Ok(AcceptPlan { rule, measured, acceptance })
}

/// Measures from which score on the model keeps the promise, among its predictions of these
/// categories.
///
/// What measures are images that a person has labelled and that have not taught a model: those kept
/// for measuring, and those labelled since. A prediction is right where it is the first category;
/// where a person says that none fits, it is wrong.
fn measure(
    library: &Library,
    model: AcceptedModel<'_>,
    categories: Option<&BTreeSet<CategoryId>>,
    accuracy: f64,
    confidence: f64,
) -> Result<Measured, CatalogError> {
    let tree = library.category_tree()?;
    let taught = images_that_taught(library, model.images)?;
    let (mut scored, mut taught_count, mut prompted) = (Vec::new(), 0, 0);
    for judged in library.judged_predictions(model.sha256)? {
        let is_wanted =
            |wanted: &BTreeSet<_>| judged.category.is_some_and(|id| wanted.contains(&id));
        if !categories.is_none_or(is_wanted) {
            continue;
        }
        if !is_unprompted(judged.label.source) {
            prompted += 1;
        } else if taught.contains(&judged.image) {
            taught_count += 1;
        } else {
            scored.push((f64::from(judged.score), is_right(&judged, &tree)));
        }
    }
    Ok(Measured {
        threshold: threshold_for(&scored, accuracy, confidence),
        images: scored.len(),
        taught: taught_count,
        prompted,
    })
}

/// Whether a person decided without having accepted what a model said.
pub(super) fn is_unprompted(source: LabelSource) -> bool {
    matches!(source, LabelSource::Person | LabelSource::Import | LabelSource::Merge)
}

fn is_right(judged: &JudgedPrediction, tree: &CategoryTree) -> bool {
    match judged.label.value.answer {
        Answer::Category(said) => judged.category == Some(tree.top(said)),
        Answer::NoneOfThese | Answer::Unusable => false,
    }
}

/// Images that have fitted a model or chosen how it is fitted, and those that show nearly the same:
/// as the library knows of models trained here, and the model of itself.
fn images_that_taught(
    library: &Library,
    of_model: Option<&BTreeMap<String, Side>>,
) -> Result<HashSet<ImageId>, CatalogError> {
    let of_library = library.split_sides()?;
    let has_taught = |content: &str| {
        let sides = [Some(&of_library), of_model].into_iter().flatten();
        sides.filter_map(|sides| sides.get(content)).any(|side| *side < Side::Test)
    };
    let mut taught: HashSet<ImageId> = library
        .contents()?
        .into_iter()
        .filter(|content| has_taught(&content.content_sha256))
        .map(|content| content.image)
        .collect();
    for cluster in library.near_duplicates()? {
        if cluster.iter().any(|image| taught.contains(image)) {
            taught.extend(cluster);
        }
    }
    Ok(taught)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::catalog::{FilledImage, LabelValue, LibraryPlace, Mark, ModelInfo, Reading};

    const MODEL: AcceptedModel<'_> = AcceptedModel { sha256: "m", images: None };

    /// Images of two categories, all predicted to be Tips; the first with the highest score.
    fn library_of(images: usize) -> (tempfile::TempDir, Library, Vec<ImageId>) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let place = LibraryPlace { directory: root.join(".semblance"), root };
        let library = Library::open(&place).unwrap();
        let categories = ["Tips", "Wires"].map(String::from).to_vec();
        library.ensure_categories(&categories).unwrap();
        let filled: Vec<FilledImage> = (0..images).map(|number| filled(number, images)).collect();
        let model = ModelInfo {
            name: "m".into(),
            sha256: "m".into(),
            categories,
            category_uids: Vec::new(),
        };
        let ids = library.fill(&filled, &model).unwrap();
        (folder, library, ids)
    }

    fn filled(number: usize, images: usize) -> FilledImage {
        let tips = 1.0 - 0.4 * number as f32 / images as f32;
        FilledImage {
            relative_path: PathBuf::from(format!("{number:04}.tif")),
            size_bytes: 1,
            modified_ns: number as i64,
            reading: Reading::of_content(format!("{number:064x}")),
            scores: Some(vec![tips, 1.0 - tips]),
        }
    }

    fn say(library: &Library, images: &[ImageId], category: &str, source: LabelSource) {
        let id = library.category_tree().unwrap().find(category).unwrap();
        let labels: Vec<_> =
            images.iter().map(|image| (*image, Some(LabelValue::of(id)))).collect();
        library.set_labels(&labels, "Ada", source).unwrap();
    }

    fn promised(library: &Library) -> AcceptPlan {
        let promise = AcceptFrom::Promise { accuracy: 0.9, confidence: 0.95 };
        plan_accept(library, MODEL, promise, None).unwrap()
    }

    #[test]
    fn a_promise_is_kept_from_the_lowest_score_that_people_have_shown_to_be_right() {
        let (_folder, library, ids) = library_of(200);
        let (measuring, others): (Vec<_>, Vec<_>) =
            ids.iter().enumerate().partition(|(number, _)| number % 2 == 0);
        let measuring: Vec<ImageId> = measuring.into_iter().map(|(_, image)| *image).collect();
        say(&library, &measuring[..60], "Tips", LabelSource::Person);
        say(&library, &measuring[60..], "Wires", LabelSource::Person);
        let plan = promised(&library);
        let measured = plan.measured.unwrap();
        assert_eq!((measured.images, measured.taught, measured.prompted), (100, 0, 0));
        // 60 right ones and a single wrong one more show 90 %, and so do two.
        let least_score = plan.rule.unwrap().least_score;
        assert!((0.75..0.77).contains(&least_score), "{least_score}");
        let reached =
            others.iter().filter(|(number, _)| 1.0 - 0.4 * *number as f32 / 200.0 >= least_score);
        assert_eq!(plan.acceptance.labels.len(), reached.count());
    }

    #[test]
    fn a_promise_that_cannot_be_kept_labels_nothing_and_tells_what_is_missing() {
        let (_folder, library, ids) = library_of(60);
        say(&library, &ids[..20], "Tips", LabelSource::Person);
        let plan = promised(&library);
        assert_eq!((plan.rule, plan.acceptance), (None, Acceptance::default()));
        let threshold = plan.measured.unwrap().threshold;
        assert_eq!(threshold.more_labels.unwrap().at_least, 9, "29 right ones show 90 %");
    }

    #[test]
    fn what_taught_a_model_or_was_accepted_from_one_measures_nothing() {
        let (_folder, library, ids) = library_of(100);
        say(&library, &ids[..40], "Tips", LabelSource::Person);
        say(&library, &ids[40..45], "Tips", LabelSource::AcceptedPrediction);
        say(&library, &ids[45..50], "Tips", LabelSource::AcceptedAutomatically);
        let sides: Vec<(String, Side)> = [Side::Training, Side::Validation, Side::Test]
            .into_iter()
            .enumerate()
            .map(|(number, side)| (format!("{number:064x}"), side))
            .collect();
        library.record_split_sides(&sides).unwrap();
        library.save_near_duplicates(&[vec![ids[0], ids[10]]]).unwrap();
        let measured = promised(&library).measured.unwrap();
        assert_eq!((measured.images, measured.taught, measured.prompted), (37, 3, 10));
        // The model may have been trained elsewhere, also with what measures here.
        let images: BTreeMap<String, Side> =
            [2, 3].map(|number| (format!("{number:064x}"), Side::Training)).into();
        let model = AcceptedModel { images: Some(&images), ..MODEL };
        let promise = AcceptFrom::Promise { accuracy: 0.9, confidence: 0.95 };
        let measured = plan_accept(&library, model, promise, None).unwrap().measured.unwrap();
        assert_eq!((measured.images, measured.taught), (35, 5));
    }

    #[test]
    fn where_a_person_says_that_no_category_fits_every_prediction_is_wrong() {
        let (_folder, library, ids) = library_of(100);
        say(&library, &ids[..40], "Tips", LabelSource::Person);
        assert!(promised(&library).rule.is_some());
        let none = LabelValue { answer: Answer::NoneOfThese, second_category: None };
        let labels: Vec<_> = ids[..20].iter().map(|image| (*image, Some(none))).collect();
        library.set_labels(&labels, "Ada", LabelSource::Person).unwrap();
        assert_eq!(promised(&library).rule, None);
        // What is excluded is not labelled either, so it is no measure.
        let excluded = Mark { is_excluded: true, ..Mark::default() };
        let marks: Vec<_> = ids[..20].iter().map(|image| (*image, excluded.clone())).collect();
        library.set_marks(&marks, "Ada", LabelSource::Person).unwrap();
        assert_eq!(promised(&library).measured.unwrap().images, 20);
    }

    #[test]
    fn a_promise_for_some_categories_is_measured_on_predictions_of_these() {
        let (_folder, library, ids) = library_of(100);
        say(&library, &ids[..40], "Tips", LabelSource::Person);
        let tree = library.category_tree().unwrap();
        let of = |name: &str| Some(BTreeSet::from([tree.find(name).unwrap()]));
        let promise = AcceptFrom::Promise { accuracy: 0.9, confidence: 0.95 };
        let tips = plan_accept(&library, MODEL, promise, of("Tips")).unwrap();
        assert!(tips.rule.is_some());
        let wires = plan_accept(&library, MODEL, promise, of("Wires")).unwrap();
        assert_eq!((wires.rule, wires.measured.unwrap().images), (None, 0));
    }
}
