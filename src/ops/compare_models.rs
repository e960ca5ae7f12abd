//! A new model against the one in use: which images it sees differently, and which of the two is
//! more often right.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::accept::is_unprompted;
use super::features::{Featured, features_of};
use super::labelled_set::LabelledSet;
use super::model_info::current_categories;
use super::pipeline::PipelineOptions;
use super::rescore::score_cached;
use super::train::{TrainModelError, grouped_examples, inputs_of};
use crate::cache::Cache;
use crate::catalog::{ImageContent, ImageId, LabelSource, Library, Side};
use crate::classifier::{Backbone, CategoryScore, Model, ranked, softmax};
use crate::learning::{PairedComparison, TrainError};
use crate::taxonomy::CurrentCategories;

/// A model with the backbone that it takes its features from.
#[derive(Clone, Copy)]
pub struct LoadedModel<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its backbone.
    pub backbone: &'a Backbone,
}

/// What two models make of the images of a library; the keys of `semblance models compare --json`.
#[derive(Debug, Clone, Serialize)]
pub struct ModelComparison {
    /// Images that both score.
    pub images: usize,
    /// Images of which the cache has not the features of both: they were not compared.
    pub not_compared: usize,
    /// Images for which they have another best category, the surest of the new model first.
    pub flips: Vec<Flip>,
    /// Which is more often right, on images that people labelled without accepting a prediction, and
    /// that trained neither, nor are of one group with, nearly the same as, or of one session with
    /// such; absent without any.
    pub measured: Option<PairedComparison>,
    /// What may flatter one of them.
    pub warnings: Vec<String>,
}

/// An image that the two models see differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// Where it is in the library.
    pub path: PathBuf,
    /// The best category by the model in use.
    pub before: CategoryScore,
    /// By the new one.
    pub after: CategoryScore,
    /// The category that a person gave it.
    pub label: Option<String>,
    /// Whether one of the models was trained on it, so that its answer there is no merit.
    pub is_trained_on: bool,
}

/// Compares `new` with `in_use` on all images of the library whose features are in the cache, and
/// on its labels. Category names are those that the library has now. `on_progress` hears of labelled
/// images done and to do.
///
/// # Errors
/// Fails where the library cannot be read, or a backbone fails.
pub fn compare_models(
    library: &Library,
    cache: &Cache,
    [in_use, new]: [LoadedModel<'_>; 2],
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<ModelComparison, TrainModelError> {
    let mut warnings = Vec::new();
    let seen = [in_use, new].map(|it| seen_by(it.model, &mut warnings));
    let seen = seen.into_iter().collect::<Result<Vec<_>, _>>()?;
    let is_trained_on = |content: &str| seen.iter().any(|seen| seen.contains(content));

    let set = LabelledSet::from_library(library, None)?;
    let mut featured = |loaded: LoadedModel<'_>| {
        features_of(&set.images, loaded.backbone, cache, options, cancel, on_progress)
    };
    let of_new = featured(new)?;
    let of_in_use = match in_use.backbone.feature_key() == new.backbone.feature_key() {
        true => None,
        false => Some(featured(in_use)?),
    };
    if cancel.load(Ordering::Relaxed) {
        return Err(TrainError::Cancelled.into());
    }
    let of_in_use = of_in_use.as_ref().unwrap_or(&of_new);
    let groups = grouped_examples(&of_new, cache, cancel)?.groups;
    let currents = [
        current_categories(in_use.model, Some(library))?,
        current_categories(new.model, Some(library))?,
    ];
    let answers = [(in_use, of_in_use, &currents[0]), (new, &of_new, &currents[1])]
        .map(|(loaded, featured, current)| answers(loaded.model, featured, current));
    let prompted = prompted(library)?;
    let measured = measured(&of_new, answers, &groups, &is_trained_on, &prompted);

    let contents = library.contents()?;
    let [before, mut after] = [(in_use, &currents[0]), (new, &currents[1])]
        .map(|(it, current)| best_of_all(&contents, cache, it, current, cancel));
    let labels = labels(library)?;
    let (mut images, mut flips) = (0, Vec::new());
    for content in &contents {
        let Some((before, after)) = before.get(&content.image).zip(after.remove(&content.image))
        else {
            continue;
        };
        images += 1;
        if before.category != after.category {
            let path = library.path_of(content.image)?;
            flips.push(Flip {
                path: path.strip_prefix(library.root()).map(PathBuf::from).unwrap_or(path),
                before: before.clone(),
                after,
                label: labels.get(&content.image).cloned(),
                is_trained_on: is_trained_on(&content.content_sha256),
            });
        }
    }
    flips.sort_by(|a, b| b.after.score.total_cmp(&a.after.score).then(a.path.cmp(&b.path)));
    let not_compared = contents.len() - images;
    Ok(ModelComparison { images, not_compared, flips, measured, warnings })
}

/// The contents that a model was trained on, or that chose its penalty and temperature.
fn seen_by(model: &Model, warnings: &mut Vec<String>) -> Result<HashSet<String>, TrainModelError> {
    let sides = model.training_images()?;
    if sides.is_none() {
        warnings.push(format!(
            "Model {:?} does not tell which images trained it: where these are among them, it is \
             flattered",
            model.name()
        ));
    }
    let sides = sides.unwrap_or_default().into_iter();
    Ok(sides.filter(|(_, side)| *side < Side::Test).map(|(content, _)| content).collect())
}

/// The best category of each image whose features are in the cache.
fn best_of_all(
    contents: &[ImageContent],
    cache: &Cache,
    LoadedModel { model, backbone }: LoadedModel<'_>,
    current: &CurrentCategories,
    cancel: &AtomicBool,
) -> HashMap<ImageId, CategoryScore> {
    let all = score_cached(contents, contents.len(), cache, backbone, model, cancel).into_iter();
    all.filter_map(|(image, scores)| Some((image, best_of(current, &scores)?))).collect()
}

fn best_of(current: &CurrentCategories, scores: &[f32]) -> Option<CategoryScore> {
    ranked(current.names(), &current.add_up(scores)).into_iter().next()
}

/// The category of each image that a person gave one.
fn labels(library: &Library) -> Result<BTreeMap<ImageId, String>, TrainModelError> {
    let labels = library.named_labels()?.into_iter();
    let given = labels.filter(|named| named.label.source != LabelSource::AcceptedAutomatically);
    Ok(given.filter_map(|named| Some((named.image, named.name?.category))).collect())
}

/// The contents of images whose label is a prediction that was accepted: the model that made it is
/// right there by agreement.
fn prompted(library: &Library) -> Result<HashSet<String>, TrainModelError> {
    let labels = library.named_labels()?.into_iter();
    let accepted = labels.filter(|named| !is_unprompted(named.label.source));
    let images: HashSet<ImageId> = accepted.map(|named| named.image).collect();
    let contents = library.contents()?.into_iter();
    let of_those = contents.filter(|content| images.contains(&content.image));
    Ok(of_those.map(|content| content.content_sha256).collect())
}

/// The best category of each labelled image.
fn answers(
    model: &Model,
    featured: &Featured,
    current: &CurrentCategories,
) -> BTreeMap<String, String> {
    let inputs = inputs_of(featured, model.manifest().pixel_size_input);
    let logits = model.head().logits_of_rows(inputs.view());
    let answers = featured.contents.iter().zip(logits.rows()).filter_map(|(content, logits)| {
        let scores = softmax(&logits.to_vec(), model.manifest().temperature);
        Some((content.clone(), best_of(current, &scores)?.category))
    });
    answers.collect()
}

fn measured(
    featured: &Featured,
    [before, after]: [BTreeMap<String, String>; 2],
    groups: &[String],
    is_trained_on: &dyn Fn(&str) -> bool,
    prompted: &HashSet<String>,
) -> Option<PairedComparison> {
    let taught: HashSet<&String> = groups
        .iter()
        .zip(&featured.contents)
        .filter(|(_, content)| is_trained_on(content))
        .map(|(group, _)| group)
        .collect();
    let (mut was_right, mut is_right, mut of_groups) = (Vec::new(), Vec::new(), Vec::new());
    for ((image, content), group) in featured.images.iter().zip(&featured.contents).zip(groups) {
        if taught.contains(group) || prompted.contains(content) {
            continue;
        }
        let answers = before.get(content).zip(after.get(content));
        let Some((before, after)) = answers else { continue };
        was_right.push(*before == image.category);
        is_right.push(*after == image.category);
        of_groups.push(group.as_str());
    }
    PairedComparison::of(&was_right, &is_right, of_groups)
}
