//! The images of a view in groups: by folder, label, prediction or a value of their record.
//!
//! Every image gets the number of its group from one pass over an index that holds the value; then
//! the images are put group after group, each group in the view's own order.

mod band; // numbers that belong together
mod membership; // which group each image is in

use std::panic::resume_unwind;
use std::thread;

use super::{CatalogError, Filter, ImageId, Library, Listed, Sort, View};
use crate::query::{DateField, Field, NumberField, TextField};
use membership::Membership;

/// How the images of a view are put into groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// Not at all; a list that was made in groups keeps them.
    #[default]
    None,
    /// By folder, in the order of their paths.
    Folder,
    /// By the label's category, in the order of the categories; other answers and images without a
    /// label come last.
    Category,
    /// By the best category of the prediction, in the order of the categories.
    Prediction,
    /// By what is nearly the same.
    NearDuplicates,
    /// By a value: text by the alphabet, days and numbers ascending, numbers that lie close together
    /// in one group. Days and scores descend where the view's order does.
    Value(Field),
}

/// Images that belong together, one after the other in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Group {
    /// What they have in common, for people.
    pub title: String,
    /// The position of the first one; the group ends where the next one begins.
    pub first: usize,
}

/// The images of a view, in its order, and its groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The images.
    pub images: Vec<ImageId>,
    /// The groups by their first positions, none of them empty; none at all where it is one list.
    pub groups: Vec<Group>,
}

impl Grouping {
    /// What can be chosen, in the order in which it is listed.
    pub const ALL: [Self; 18] = [
        Self::None,
        Self::Folder,
        Self::Category,
        Self::Prediction,
        Self::Value(Field::Number(NumberField::Score)),
        Self::NearDuplicates,
        Self::Value(Field::Date(DateField::Taken)),
        Self::Value(Field::Text(TextField::Sample)),
        Self::Value(Field::Text(TextField::Detector)),
        Self::Value(Field::Text(TextField::Signal)),
        Self::Value(Field::Number(NumberField::VoltageKv)),
        Self::Value(Field::Number(NumberField::WorkingDistanceMm)),
        Self::Value(Field::Number(NumberField::Magnification)),
        Self::Value(Field::Number(NumberField::PixelSizeNm)),
        Self::Value(Field::Text(TextField::Vendor)),
        Self::Value(Field::Text(TextField::Model)),
        Self::Value(Field::Text(TextField::User)),
        Self::Value(Field::Text(TextField::By)),
    ];

    /// What it goes by, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "No groups",
            Self::Folder => "Folder",
            Self::Category => "Category",
            Self::Prediction => "Prediction",
            Self::NearDuplicates => "Near-duplicates",
            Self::Value(Field::Number(NumberField::Score)) => "Score",
            Self::Value(Field::Number(NumberField::Uncertainty)) => "Uncertainty",
            Self::Value(Field::Number(NumberField::VoltageKv)) => "Voltage",
            Self::Value(Field::Number(NumberField::WorkingDistanceMm)) => "Working distance",
            Self::Value(Field::Number(NumberField::Magnification)) => "Magnification",
            Self::Value(Field::Number(NumberField::PixelSizeNm)) => "Pixel size",
            Self::Value(Field::Date(DateField::Taken)) => "Day taken",
            Self::Value(Field::Date(DateField::Labelled)) => "Day labelled",
            Self::Value(Field::Text(TextField::Detector)) => "Detector",
            Self::Value(Field::Text(TextField::Signal)) => "Signal",
            Self::Value(Field::Text(TextField::Vendor)) => "Vendor",
            Self::Value(Field::Text(TextField::Model)) => "Instrument",
            Self::Value(Field::Text(TextField::User)) => "Microscope user",
            Self::Value(Field::Text(TextField::Sample)) => "Sample",
            Self::Value(Field::Text(TextField::Name)) => "Name",
            Self::Value(Field::Text(TextField::Note)) => "Note",
            Self::Value(Field::Text(TextField::By)) => "Labelled by",
        }
    }

    /// The title of the images that are in none of the other groups, which come last.
    fn rest(self) -> String {
        match self {
            Self::Category | Self::Value(Field::Text(TextField::By)) => "Unlabelled".to_owned(),
            Self::Prediction
            | Self::Value(Field::Number(NumberField::Score | NumberField::Uncertainty)) => {
                "No prediction".to_owned()
            }
            Self::NearDuplicates => "Like no other".to_owned(),
            _ => format!("{} not known", self.name()),
        }
    }

    /// Whether the groups go down because the view's order does.
    fn is_descending(self, sort: Sort) -> bool {
        let falling = match sort {
            Sort::TakenDescending => Field::Date(DateField::Taken),
            Sort::ScoreDescending => Field::Number(NumberField::Score),
            Sort::UncertaintyDescending => Field::Number(NumberField::Uncertainty),
            _ => return false,
        };
        self == Self::Value(falling)
    }
}

impl Library {
    /// The images of the view in its order, and its groups. Without groups it costs what
    /// [`Library::image_ids`] does.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn shown(&self, view: &View) -> Result<Shown, CatalogError> {
        let grouping = view.grouping;
        if grouping == Grouping::None {
            let images = self.image_ids(view)?;
            let groups = match &view.filter {
                Filter::Listed(listed) => listed.groups_among(&images),
                _ => Vec::new(),
            };
            return Ok(Shown { images, groups });
        }
        // One after the other would be twice as long.
        let (images, membership) = thread::scope(|scope| {
            let membership = scope.spawn(|| {
                self.read_order("group images", |connection| {
                    Ok(Membership::read(connection, grouping)?)
                })
            });
            let images = self.image_ids(view)?;
            let membership = membership.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            Ok::<_, CatalogError>((images, membership))
        })?;
        let mut shown =
            membership.arrange(&images, grouping.is_descending(view.sort), grouping.rest());
        if grouping == Grouping::NearDuplicates {
            name_near_duplicates(&mut shown);
        }
        Ok(shown)
    }
}

/// Clusters have no name but their size, which is known only now.
fn name_near_duplicates(shown: &mut Shown) {
    let mut end = shown.images.len();
    for group in shown.groups.iter_mut().rev() {
        if group.title.is_empty() {
            group.title = match end - group.first {
                1 => "Nearly the same as others".to_owned(),
                images => format!("{images} nearly the same"),
            };
        }
        end = group.first;
    }
}

impl Listed {
    /// The groups of those images that are shown, which are in the list's order.
    fn groups_among(&self, shown: &[ImageId]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut next = 0; // of the groups
        let mut position = 0; // of what is shown
        let mut title = None;
        for (index, image) in self.images.iter().enumerate() {
            while let Some(group) = self.groups.get(next).filter(|group| group.first <= index) {
                title = Some(&group.title);
                next += 1;
            }
            if shown.get(position) != Some(image) {
                continue;
            }
            if let Some(title) = title.take() {
                groups.push(Group { title: title.clone(), first: position });
            }
            position += 1;
        }
        groups
    }
}
