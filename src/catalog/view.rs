//! Which images are shown, and in which order.

use rusqlite::Connection;

use super::image::select_ids;
use super::image_set::ImageSet;
use super::search::{self, Search};
use super::{CatalogError, ImageId, Library};
use crate::query::{Query, State};
use crate::taxonomy::CategoryId;

/// Which images are shown, and in which order. The default is all, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Which images.
    pub filter: Filter,
    /// Of these, the ones that meet the query.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
}

/// Which images are shown. Vanished ones are where the query asks for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Every image.
    #[default]
    All,
    /// Images without a label.
    Unlabelled,
    /// Images with a label.
    Labelled,
    /// Images whose first category is this, or a subcategory of it.
    Category(CategoryId),
    /// Images whose highest score is for the category of this name.
    Predicted(String),
    /// Images in this folder and below; parts joined by `/`, empty for the root.
    Folder(String),
    /// Images whose label and highest score are for different categories.
    Disagreements,
    /// Images whose file could not be read.
    Unreadable,
}

/// In which order images are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By path, without regard to case.
    #[default]
    Path,
    /// The least certain prediction first; images without one last.
    ScoreAscending,
    /// The most certain prediction first; images without one last.
    ScoreDescending,
    /// The file changed last first.
    Newest,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 4] =
        [Self::Path, Self::ScoreAscending, Self::ScoreDescending, Self::Newest];
}

impl Library {
    /// The images of the view, in its order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn image_ids(&self, view: &View) -> Result<Vec<ImageId>, CatalogError> {
        let moment = self.moment()?;
        self.read("list images", |connection| {
            let found = search::find(connection, &view.query)?;
            let chosen = filtered(connection, &view.filter)?;
            let order = self.orders().of(connection, view.sort, moment)?;
            let is_met = |image: &ImageId| {
                found.images.as_ref().is_none_or(|images| images.contains(*image))
                    && chosen.as_ref().is_none_or(|images| images.contains(*image))
            };
            let mut images: Vec<ImageId> = order.iter().copied().filter(is_met).collect();
            if found.with_vanished {
                let vanished = "SELECT id FROM image WHERE hidden = 1 AND same_as IS NULL
                                ORDER BY path_text, id";
                images.extend(select_ids(connection, vanished, &[])?.into_iter().filter(is_met));
            }
            Ok(images)
        })
    }
}

/// The images of the filter; `None` stands for all.
fn filtered(connection: &Connection, filter: &Filter) -> rusqlite::Result<Option<ImageSet>> {
    let search = Search::new(connection)?;
    Ok(Some(match filter {
        Filter::All => return Ok(None),
        Filter::Labelled => search.in_state(State::Labelled)?,
        Filter::Unlabelled => search.in_state(State::Unlabelled)?,
        Filter::Unreadable => search.in_state(State::Unreadable)?,
        Filter::Disagreements => search.in_state(State::Disagreement)?,
        Filter::Category(category) => search.meaning(*category)?,
        Filter::Predicted(category) => search.predicted(category)?,
        Filter::Folder(folder) => search.in_folder(folder)?,
    }))
}
