//! What is told of a decision about several images. What became of a single one is seen on it.

use super::{LabelChange, MarkChange};
use crate::catalog::{Answer, LabelValue};
use crate::ops::image_count;
use crate::session::NoticeLevel;
use crate::session::notice::Told;
use crate::taxonomy::{CategoryId, CategoryTree, readable};

/// What became of the labels of the images that a decision was about.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Images that were labelled, or whose labels were removed.
    pub(super) changed: usize,
    /// Of these, the ones that had another answer before.
    had_another: usize,
    /// Of these, the ones that have a second category now.
    with_second: usize,
    /// Images that have no first category, so that they get no second one.
    pub(super) without_first: usize,
}

impl Given {
    /// Adds an image whose label has changed.
    pub(super) fn add(&mut self, before: Option<LabelValue>, after: Option<LabelValue>) {
        let is_other = |before: LabelValue| Some(before.answer) != after.map(|label| label.answer);
        self.changed += 1;
        self.had_another += usize::from(before.is_some_and(is_other));
        self.with_second += usize::from(after.is_some_and(|label| label.second_category.is_some()));
    }

    /// Tells what a change of labels came to, where that is not seen by itself.
    pub(super) fn told(&self, change: LabelChange, tree: &CategoryTree) -> Option<Told> {
        match change {
            LabelChange::Second(category) => self.told_of_second(&name_of(category, tree)),
            _ if self.changed < 2 => None,
            LabelChange::Answer(answer) => {
                let labelled = match answer {
                    Answer::Category(category) => name_of(category, tree),
                    Answer::NoneOfThese => "as none of these".to_owned(),
                    Answer::Unusable => "as unusable".to_owned(),
                };
                let (count, others) = (self.changed, self.others("of them"));
                Some(Told::undoable(format!("{count} images labelled {labelled}{others}")))
            }
            LabelChange::Clear => {
                Some(Told::undoable(format!("The labels of {} images are removed", self.changed)))
            }
        }
    }

    /// Tells how many predictions were accepted; of `without_prediction` images there was none.
    pub(super) fn told_of_accepted(&self, without_prediction: usize) -> Option<Told> {
        if self.changed + without_prediction < 2 {
            return None;
        }
        let predictions = if self.changed == 1 { "prediction" } else { "predictions" };
        let mut text = format!("{} {predictions} accepted", self.changed);
        text += &self.others("of the images");
        if without_prediction > 0 {
            text += &format!("; of {} there is none", image_count(without_prediction));
        }
        Some(Told::undoable(text))
    }

    /// Such as `; 12 of them had another label`.
    fn others(&self, of: &str) -> String {
        match self.had_another {
            0 => String::new(),
            others => format!("; {others} {of} had another label"),
        }
    }

    fn told_of_second(&self, name: &str) -> Option<Told> {
        let lacking = self.without_first;
        if self.changed == 0 {
            let text = "A second category needs a first one: press that key first";
            return (lacking > 0).then(|| Told::new(NoticeLevel::Info, text));
        }
        if self.changed + lacking < 2 {
            return None;
        }
        let (given, taken) = (self.with_second, self.changed - self.with_second);
        let mut text = match (given, taken) {
            (given, 0) => format!("{name} is the second category of {}", image_count(given)),
            (0, taken) => {
                format!("{name} is no longer the second category of {}", image_count(taken))
            }
            (given, taken) => {
                let given = image_count(given);
                format!("{name} is the second category of {given}, and no longer of {taken}")
            }
        };
        if lacking > 0 {
            let have = if lacking == 1 { "has" } else { "have" };
            text += &format!("; {lacking} {have} no first one: press that key first");
        }
        Some(Told::undoable(text))
    }
}

/// Tells what was said of several images beside their labels; `is_on` is what a flag has become.
pub(super) fn told_of_marks(change: &MarkChange, changed: usize, is_on: bool) -> Option<Told> {
    if changed < 2 {
        return None;
    }
    Some(Told::undoable(match (change, is_on) {
        (MarkChange::Note(Some(_)), _) => format!("{changed} images have this note"),
        (MarkChange::Note(None), _) => format!("The notes of {changed} images are removed"),
        (MarkChange::ToggleAnnotated, true) => format!("{changed} images marked as drawn into"),
        (MarkChange::ToggleAnnotated, false) => {
            format!("{changed} images no longer marked as drawn into")
        }
        (MarkChange::ToggleExcluded, true) => format!("{changed} images excluded from training"),
        (MarkChange::ToggleExcluded, false) => {
            format!("{changed} images no longer excluded from training")
        }
    }))
}

/// A category's name as the window shows it; of a subcategory, its own.
fn name_of(category: CategoryId, tree: &CategoryTree) -> String {
    let name = tree.get(category).map(|category| readable(&category.name));
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(changed: usize, had_another: usize, with_second: usize, lacking: usize) -> Given {
        Given { changed, had_another, with_second, without_first: lacking }
    }

    fn text(told: Option<Told>) -> String {
        told.map(|told| told.text).unwrap_or_default()
    }

    #[test]
    fn a_label_of_several_images_is_told_and_how_many_had_another() {
        let tree = CategoryTree::default();
        let told = |given: Given, change| text(given.told(change, &tree));
        let unusable = LabelChange::Answer(Answer::Unusable);
        assert_eq!(
            told(given(370, 12, 0, 0), unusable),
            "370 images labelled as unusable; 12 of them had another label. Undo takes it back"
        );
        assert_eq!(told(given(1, 1, 0, 0), unusable), "", "that is seen");
        assert_eq!(
            told(given(370, 370, 0, 0), LabelChange::Clear),
            "The labels of 370 images are removed. Undo takes it back"
        );
    }

    #[test]
    fn what_keeps_a_second_category_from_images_is_told() {
        let told = |given: Given| text(given.told_of_second("Tips"));
        let refused = "A second category needs a first one: press that key first";
        assert_eq!(told(given(0, 0, 0, 1)), refused);
        assert_eq!(told(given(0, 0, 0, 7)), refused);
        assert_eq!(told(given(0, 0, 0, 0)), "", "it is the first one");
        assert_eq!(told(given(1, 0, 1, 0)), "");
        assert!(told(given(3, 0, 3, 0)).starts_with("Tips is the second category of 3 images. "));
        let some = told(given(1, 0, 1, 2));
        assert!(some.starts_with("Tips is the second category of 1 image; 2 have no"), "{some}");
        let both = told(given(5, 0, 3, 0));
        assert!(both.contains("of 3 images, and no longer of 2"), "{both}");
    }

    #[test]
    fn accepting_several_predictions_tells_of_what_there_is_none() {
        assert_eq!(text(given(1, 1, 0, 0).told_of_accepted(0)), "");
        let told = text(given(3, 1, 0, 0).told_of_accepted(2));
        let expected =
            "3 predictions accepted; 1 of the images had another label; of 2 images there is none";
        assert!(told.starts_with(expected), "{told}");
    }
}
