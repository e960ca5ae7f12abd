//! What merging categories would do, and how much more labelling would bring.

use std::sync::atomic::{AtomicBool, Ordering};

use super::counted::image_count;
use super::features::features_of;
use super::labelled_set::LabelledSet;
use super::pipeline::PipelineOptions;
use super::train::{TrainModelError, grouped_examples};
use crate::cache::Cache;
use crate::classifier::Backbone;
use crate::learning::{
    Examples, LearningCurve, MergeAdvice, TrainError, TrainOptions, advise_merges,
    measure_learning_curve,
};

/// Labelled images, ready to be learned from in many ways.
pub struct LabelledExamples {
    /// As numbers.
    pub examples: Examples,
    /// Size of a pixel of the network's input in nanometres, where an image tells it.
    pub nm_per_px: Vec<Option<f64>>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

impl LabelledExamples {
    /// The images of `set` with their features; what belongs together is in one group. Categories
    /// with fewer than `min_images` are left out.
    ///
    /// # Errors
    /// See [`TrainModelError`].
    pub fn of(
        mut set: LabelledSet,
        min_images: usize,
        backbone: &Backbone,
        cache: &Cache,
        pipeline: &PipelineOptions,
        cancel: &AtomicBool,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, TrainModelError> {
        let mut notes = set.notes.clone();
        for (category, images) in set.keep_categories_of(min_images) {
            notes.push(format!("Left out {category}: it has {}, too few", image_count(images)));
        }
        let featured = features_of(&set.images, backbone, cache, pipeline, cancel, on_progress)?;
        featured.require_images()?;
        notes.extend(featured.failed.iter().map(|f| format!("Left out: {}: {}", f.error, f.path)));
        let examples = grouped_examples(&featured, cache, cancel)?;
        Ok(Self { examples, nm_per_px: featured.nm_per_px, notes })
    }

    /// What merging each pair of categories would do to accuracy.
    ///
    /// # Errors
    /// See [`TrainModelError`].
    pub fn advise_merges(
        &self,
        training: TrainOptions,
        cancel: &AtomicBool,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<MergeAdvice, TrainError> {
        advise_merges(&self.examples, training, &mut |done, of| {
            on_progress(done, of);
            !cancel.load(Ordering::Relaxed)
        })
    }

    /// Accuracy against images a category, and training time.
    ///
    /// # Errors
    /// See [`TrainModelError`].
    pub fn learning_curve(
        &self,
        training: TrainOptions,
        cancel: &AtomicBool,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<LearningCurve, TrainError> {
        measure_learning_curve(&self.examples, training, &mut |done, of| {
            on_progress(done, of);
            !cancel.load(Ordering::Relaxed)
        })
    }
}
