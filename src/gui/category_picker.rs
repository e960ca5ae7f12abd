//! Gives a category by its name, where there are more than there are keys.

use egui::{Context, RichText};

use super::effect::Effect;
use super::pick_list::{PickList, PickRow};
use super::popup_frame::{Outcome, PopupFrame};
use super::tokens::{TIGHT_GAP, category_color, strong};
use crate::session::{Command, Session};
use crate::taxonomy::{Category, CategoryId, readable};

const WIDTH: f32 = 420.0;

/// What is picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PickFor {
    /// The category.
    First,
    /// The second category.
    Second,
    /// The subcategory, and with it the category.
    Subcategory,
}

/// What is written, and what for.
pub(super) struct CategoryPicker {
    pick_for: PickFor,
    list: PickList,
    /// A category that was added, until it is there.
    added: Option<String>,
}

/// What a row stands for.
enum Choice {
    Category(CategoryId),
    Add { name: String, parent: Option<CategoryId> },
}

impl CategoryPicker {
    pub(super) fn new(pick_for: PickFor) -> Self {
        Self { pick_for, list: PickList::default(), added: None }
    }

    pub(super) fn ui(&mut self, context: &Context, session: &Session) -> Outcome {
        let (title, nothing) = match self.pick_for {
            PickFor::First => ("Category", "There is no category yet"),
            PickFor::Second => ("Second category", "There is no category yet"),
            PickFor::Subcategory => ("Subcategory", "Write a name to add one"),
        };
        let shown = PopupFrame::top("Choose a category").unveiled().show(context, WIDTH, |ui| {
            ui.label(RichText::new(title).font(strong()));
            ui.add_space(TIGHT_GAP);
            self.list.field_ui(ui, "Name of the category", "A few letters of its name");
            let (rows, mut choices) = self.entries(session);
            let picked = self.list.rows_ui(ui, &rows, nothing);
            picked.map(|index| choices.swap_remove(index))
        });
        let (effect, is_picked) = match shown.inner {
            Some(Choice::Category(id)) => (Some(self.command(id)), true),
            // It stays, so that what was added can be given.
            Some(Choice::Add { name, parent }) => {
                self.added = Some(name.clone());
                let command = match parent {
                    Some(of) => Command::AddSubcategory { of, name },
                    None => Command::AddCategory(name),
                };
                (Some(command), false)
            }
            None => (None, false),
        };
        Outcome { effect: effect.map(Effect::from), is_closed: shown.is_closed || is_picked }
    }

    fn command(&self, id: CategoryId) -> Command {
        match self.pick_for {
            PickFor::Second => Command::SetSecondCategory(id),
            PickFor::First | PickFor::Subcategory => Command::SetCategory(id),
        }
    }

    fn entries(&self, session: &Session) -> (Vec<PickRow>, Vec<Choice>) {
        let parent = match self.pick_for {
            PickFor::Subcategory => current_category(session),
            PickFor::First | PickFor::Second => None,
        };
        let mut entries: Vec<(PickRow, Choice)> = match self.pick_for {
            PickFor::Subcategory => subcategories(session, parent),
            PickFor::First | PickFor::Second => {
                let category = |category| (row(session, category), Choice::Category(category.id));
                session.categories().iter().map(category).collect()
            }
        };
        if let Some(name) = self.new_name(session, parent) {
            let is_added = self.added.as_deref() == Some(name) && session.is_saving();
            let text = match parent {
                Some(parent) => format!("Add “{name}” to {}", readable(&parent.name)),
                None => format!("Add category “{name}”"),
            };
            let row = PickRow {
                text,
                why_not: is_added.then_some("being added"),
                is_always_there: true,
                ..PickRow::default()
            };
            let parent = parent.map(|parent| parent.id);
            entries.push((row, Choice::Add { name: name.to_owned(), parent }));
        }
        entries.into_iter().unzip()
    }

    /// What is written, where no category is called so, or none of this one's subcategories; a
    /// subcategory needs a category.
    fn new_name(&self, session: &Session, parent: Option<&Category>) -> Option<&str> {
        let name = self.list.text();
        let is_other = |category: &Category| readable(&category.name) != name;
        let is_new = match (self.pick_for, parent) {
            (PickFor::Subcategory, None) => false,
            (PickFor::Subcategory, Some(parent)) => {
                session.subcategory_named(parent.id, name).is_none()
                    && session.subcategories(parent.id).all(is_other)
            }
            (PickFor::First | PickFor::Second, _) => {
                session.category_named(name).is_none() && session.categories().iter().all(is_other)
            }
        };
        (is_new && !name.is_empty()).then_some(name)
    }
}

fn row(session: &Session, category: &Category) -> PickRow {
    let counts = session.counts().map_or(&[][..], |counts| &counts.per_category);
    let count = counts.iter().find(|(id, _)| *id == category.id).map_or(0, |(_, count)| *count);
    PickRow {
        text: readable(&category.name),
        detail: count.to_string(),
        keys: category.key.iter().map(|key| key.to_uppercase().to_string()).collect(),
        color: Some(category_color(category.color)),
        ..PickRow::default()
    }
}

/// The category of the current image: what its label says, or else the best prediction.
fn current_category(session: &Session) -> Option<&Category> {
    let row = session.row(session.current_image()?)?;
    match row.label {
        Some(label) => session.category(label.value.category()?),
        None => session.category_named(&row.top?.0),
    }
}

/// All subcategories, those of the current image's category first.
fn subcategories(session: &Session, current: Option<&Category>) -> Vec<(PickRow, Choice)> {
    let current = current.map(|category| category.id);
    let mut parents: Vec<&Category> = session.categories().iter().collect();
    parents.sort_by_key(|category| Some(category.id) != current);
    let mut entries = Vec::new();
    for parent in parents {
        for subcategory in session.subcategories(parent.id) {
            let row = PickRow {
                text: format!("{}: {}", readable(&parent.name), readable(&subcategory.name)),
                color: Some(category_color(parent.color)),
                ..PickRow::default()
            };
            entries.push((row, Choice::Category(subcategory.id)));
        }
    }
    entries
}
