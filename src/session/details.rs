//! What is known of an image that is looked at closely.

use std::sync::Arc;

use super::Session;
use crate::catalog::{
    CatalogError, HistoryItem, ImageId, Label, LabelDoubt, Library, Novelty, Prediction,
};
use crate::micrograph::{InstrumentRecord, ReadChoice};

/// Most images whose details are kept.
const KEPT: usize = 64;

/// What is known of an image that is looked at closely.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// How a person wants it read.
    pub read_choice: ReadChoice,
    /// What a model last said of it.
    pub prediction: Option<Prediction>,
    /// What its header says; nothing until it was read.
    pub instrument: Option<InstrumentRecord>,
    /// How many images show nearly the same.
    pub near_duplicate_count: u64,
    /// Labels of those.
    pub near_duplicate_labels: Vec<Label>,
    /// Why its label is likely wrong, if it is.
    pub doubt: Option<LabelDoubt>,
    /// How unlike it is to what people labelled, where it was compared.
    pub novelty: Option<Novelty>,
    /// What was decided about it, the oldest first.
    pub history: Vec<HistoryItem>,
}

impl Details {
    fn read(library: &Library, image: ImageId) -> Result<Self, DetailsError> {
        let instrument = library.instrument_json(image)?;
        let instrument = instrument.map(|json| serde_json::from_str(&json)).transpose();
        Ok(Self {
            read_choice: library.read_choice(image)?,
            prediction: library.prediction(image)?,
            instrument: instrument.map_err(DetailsError::Record)?,
            near_duplicate_count: library.near_duplicate_count(image)?,
            near_duplicate_labels: library.near_duplicate_labels(image)?,
            doubt: library.doubt(image)?,
            novelty: library.novelty(image)?,
            history: library.history(image)?,
        })
    }
}

/// Why the details of an image are not known.
#[derive(Debug, thiserror::Error)]
enum DetailsError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("The library's instrument record of an image cannot be understood: {0}")]
    Record(serde_json::Error),
}

impl Session {
    /// What is known of an image that is looked at closely; remembered until it changes.
    pub fn details(&self, image: ImageId) -> Arc<Details> {
        let Some(open) = &self.open else { return Arc::default() };
        let mut kept = open.details.borrow_mut();
        if let Some(details) = kept.get(&image) {
            return Arc::clone(details);
        }
        let read = Details::read(&open.library, image);
        let Some(details) = open.read_failures.noted(read) else { return Arc::default() };
        let details = Arc::new(details);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(image, Arc::clone(&details));
        details
    }

    /// How a person wants an image read.
    pub fn read_choice(&self, image: ImageId) -> ReadChoice {
        self.details(image).read_choice.clone()
    }

    /// What a model last said of an image.
    pub fn prediction(&self, image: ImageId) -> Option<Prediction> {
        self.details(image).prediction.clone()
    }
}
