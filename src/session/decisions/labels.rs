//! Labels, notes and flags.

use std::collections::HashMap;

use super::wording::{Given, told_of_marks};
use super::{Changed, Decided, Decider, LabelChange, MarkChange, Undoable};
use crate::catalog::{
    AcceptanceRule, Answer, CatalogError, ImageId, ImageRow, Label, LabelSource, LabelValue, Mark,
};
use crate::ops::find_model;
use crate::session::NoticeLevel;
use crate::session::notice::Told;
use crate::taxonomy::{CategoryId, CategoryTree};

/// Images whose rows are in memory at once, however many are selected.
const AT_ONCE: usize = 10_000;

impl Decider {
    pub(super) fn label(
        &mut self,
        images: &[ImageId],
        change: LabelChange,
        by: &str,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let tree = self.library.category_tree()?; // before anything is written
        let mut without_first = 0;
        let mut given =
            self.give(images, LabelSource::Person, by, decided, |_, before| match change {
                LabelChange::Answer(answer) => Some(Some(first(answer, before, &tree))),
                LabelChange::Second(category) => {
                    let after = before.and_then(|before| second(category, before));
                    without_first += usize::from(after.is_none());
                    after.map(Some)
                }
                LabelChange::Clear => Some(None),
            })?;
        given.without_first = without_first;
        decided.told.extend(given.told(change, &tree));
        Ok(())
    }

    pub(super) fn accept(
        &mut self,
        images: &[ImageId],
        seen: Option<&str>,
        by: &str,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let mut predicted: Vec<(ImageId, String)> = Vec::new();
        match (images, seen) {
            ([image], Some(seen)) => predicted.push((*image, seen.to_owned())),
            _ => {
                for images in images.chunks(AT_ONCE) {
                    let rows = self.library.many_rows(images)?;
                    predicted.extend(rows.into_iter().filter_map(|row| Some((row.id, row.top?.0))));
                }
            }
        }
        if predicted.is_empty() {
            let text = "There is no prediction to accept: classify first";
            decided.told.push(Told::new(NoticeLevel::Info, text));
            return Ok(());
        }
        let names: Vec<String> = predicted.iter().map(|(_, name)| name.clone()).collect();
        let ids = self.library.ensure_categories(&names)?;
        let tree = self.library.category_tree()?;
        let category_of: HashMap<ImageId, CategoryId> =
            predicted.into_iter().map(|(image, _)| image).zip(ids).collect();
        decided.changes_categories = true;
        let given =
            self.give(images, LabelSource::AcceptedPrediction, by, decided, |image, before| {
                Some(Some(first(Answer::Category(*category_of.get(&image)?), before, &tree)))
            })?;
        let without_prediction = images.len() - category_of.len();
        decided.told.extend(given.told_of_accepted(without_prediction));
        Ok(())
    }

    /// Labels these images: `decision` gives the label that an image shall have (or none), or nothing
    /// where the image is left alone. Gives what has changed.
    fn give(
        &mut self,
        images: &[ImageId],
        source: LabelSource,
        by: &str,
        decided: &mut Decided,
        mut decision: impl FnMut(ImageId, Option<LabelValue>) -> Option<Option<LabelValue>>,
    ) -> Result<Given, CatalogError> {
        let mut given = Given::default();
        let mut change = |row: ImageRow| {
            // A label that a person confirms is a person's from then on.
            let is_automatic = row.label.as_ref().is_some_and(Label::is_automatic);
            let before = row.label.map(|label| label.value);
            let after = decision(row.id, before)?;
            let is_new =
                after != before || is_automatic || source == LabelSource::AcceptedPrediction;
            is_new.then(|| {
                given.add(before, after);
                (row.id, after)
            })
        };
        let mut changes: Vec<(ImageId, Option<LabelValue>)> = Vec::new();
        for images in images.chunks(AT_ONCE) {
            changes.extend(self.library.many_rows(images)?.into_iter().filter_map(&mut change));
        }
        if changes.is_empty() {
            return Ok(given);
        }
        let entry = self.library.set_labels(&changes, by, source)?;
        self.remember(Undoable::Entry(entry), decided);
        decided.labelled = changes.iter().filter(|(_, label)| label.is_some()).count();
        decided.changed = Changed::These(changes.into_iter().map(|(image, _)| image).collect());
        Ok(given)
    }

    pub(super) fn accept_above(
        &mut self,
        least_score: f32,
        model_name: &str,
        by: &str,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let model_sha256 = match find_model(Some(&self.library), model_name) {
            Ok(model) => model.sha256().to_owned(),
            Err(error) => {
                decided.is_failed = true;
                decided.told.push(Told::new(NoticeLevel::Error, error.to_string()));
                return Ok(());
            }
        };
        let rule = AcceptanceRule { model_sha256, least_score, categories: None };
        let accepted = self.library.accept_automatically(&rule, by)?;
        let percent = least_score * 100.0;
        let Some(entry) = accepted.entry else {
            let text =
                format!("No image without a label has a prediction of {percent:.0} % or more");
            decided.told.push(Told::new(NoticeLevel::Info, text));
            return Ok(());
        };
        self.remember(Undoable::Entry(entry), decided);
        let count = accepted.labels.len();
        let predictions = if count == 1 { "prediction" } else { "predictions" };
        let text = format!(
            "{count} {predictions} of {percent:.0} % or more accepted: they never train nor measure"
        );
        decided.told.push(Told::undoable(text));
        let images = accepted.labels.into_iter().map(|(image, _)| image).collect();
        decided.changed = Changed::These(images);
        Ok(())
    }

    pub(super) fn mark(
        &mut self,
        images: &[ImageId],
        change: &MarkChange,
        by: &str,
        decided: &mut Decided,
    ) -> Result<(), CatalogError> {
        let mut before: Vec<(ImageId, Mark)> = Vec::new();
        for images in images.chunks(AT_ONCE) {
            let rows = self.library.many_rows(images)?;
            before.extend(rows.into_iter().map(|row| (row.id, row.mark)));
        }
        let is_said = |mark: &Mark| match change {
            MarkChange::Note(_) => false,
            MarkChange::ToggleAnnotated => mark.is_annotated,
            MarkChange::ToggleExcluded => mark.is_excluded,
        };
        let is_on = !before.iter().all(|(_, mark)| is_said(mark));
        let changes: Vec<(ImageId, Mark)> = before
            .into_iter()
            .map(|(image, before)| (image, before.clone(), change.made(before, is_on)))
            .filter(|(_, before, after)| before != after)
            .map(|(image, _, after)| (image, after))
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let entry = self.library.set_marks(&changes, by, LabelSource::Person)?;
        self.remember(Undoable::Entry(entry), decided);
        decided.told.extend(told_of_marks(change, changes.len(), is_on));
        decided.changed = Changed::These(changes.into_iter().map(|(image, _)| image).collect());
        Ok(())
    }
}

/// A label with this answer. One of the same category, whichever subcategory, keeps its second one.
fn first(answer: Answer, before: Option<LabelValue>, tree: &CategoryTree) -> LabelValue {
    let category = |answer: Answer| match answer {
        Answer::Category(id) => Some(tree.top(id)),
        Answer::NoneOfThese | Answer::Unusable => None,
    };
    let is_same = |label: &LabelValue| category(label.answer) == category(answer);
    let second_category = before.filter(is_same).and_then(|label| label.second_category);
    LabelValue { answer, second_category }
}

/// The label with this second category, or without it where it has it. A label without a first
/// category has no second one.
fn second(category: CategoryId, mut label: LabelValue) -> Option<LabelValue> {
    let first = label.category()?;
    let is_same = label.second_category == Some(category);
    label.second_category = (!is_same && first != category).then_some(category);
    Some(label)
}
