//! Which images are shown, and in which order.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use rusqlite::Connection;

use super::id_list::select_ids;
use super::image_set::ImageSet;
use super::search::{self, Search};
use super::{CatalogError, Group, Grouping, ImageId, Library};
use crate::query::{Query, State};
use crate::taxonomy::{CategoryId, KnownNames};

/// Which images are shown, and in which order. The default is all, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Which images.
    pub filter: Filter,
    /// Of these, the ones that meet the query.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
    /// In which groups.
    pub grouping: Grouping,
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
    /// Images that were found by other means, in the order in which they were found.
    Listed(Listed),
}

/// Images in an order of their own, such as by how much they are like one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listed {
    /// What they are, for people.
    pub title: String,
    /// The images.
    pub images: Arc<[ImageId]>,
    /// The groups that they are in; none where it is one list.
    pub groups: Arc<[Group]>,
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
    /// The most uncertain prediction first; images without one last.
    UncertaintyDescending,
    /// The file changed last first.
    Newest,
    /// The image taken first first, as the instrument's clock says; images without a date last.
    TakenAscending,
    /// The image taken last first; images without a date last.
    TakenDescending,
    /// The label that is most likely wrong first; images whose label was never doubted last.
    DoubtDescending,
    /// The image most unlike all labelled ones first; images that were not compared last.
    UnlikeDescending,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 9] = [
        Self::Path,
        Self::ScoreAscending,
        Self::ScoreDescending,
        Self::UncertaintyDescending,
        Self::Newest,
        Self::TakenAscending,
        Self::TakenDescending,
        Self::DoubtDescending,
        Self::UnlikeDescending,
    ];
}

impl Library {
    /// The images of the view, in its order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn image_ids(&self, view: &View) -> Result<Vec<ImageId>, CatalogError> {
        if let Filter::Listed(Listed { images, .. }) = &view.filter {
            let chosen = self.chosen(view)?;
            let shown = images.iter().copied();
            return Ok(shown.filter(|image| chosen.has(*image)).collect());
        }
        let (order, chosen) = match self.kept_order(view.sort)? {
            Some(order) => (order, self.chosen(view)?),
            // One after the other would be twice as long.
            None => thread::scope(|scope| {
                let order = scope.spawn(|| self.order(view.sort));
                let chosen = self.chosen(view)?;
                let order = order.join().unwrap_or_else(|panic| resume_unwind(panic))?;
                Ok::<_, CatalogError>((order, chosen))
            })?,
        };
        let is_chosen = |image: &ImageId| chosen.has(*image);
        let shown = order.iter().copied().filter(is_chosen);
        Ok(shown.chain(chosen.vanished.iter().copied().filter(is_chosen)).collect())
    }

    /// Every name by which images can be found by category. What a query names beside these finds
    /// nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known_category_names(&self) -> Result<KnownNames, CatalogError> {
        self.read("list categories", |connection| Ok(Search::new(connection)?.known_names()?))
    }

    fn chosen(&self, view: &View) -> Result<Chosen, CatalogError> {
        self.read("list images", |connection| {
            let found = search::find(connection, &view.query)?;
            let vanished = "SELECT id FROM image WHERE hidden = 1 AND same_as IS NULL
                            ORDER BY path_text, id";
            Ok(Chosen {
                sets: [found.images, filtered(connection, &view.filter)?],
                vanished: match found.with_vanished {
                    true => select_ids(connection, vanished, [])?,
                    false => Vec::new(),
                },
            })
        })
    }
}

/// What of all images a view has.
struct Chosen {
    /// It is in all of these; `None` stands for all.
    sets: [Option<ImageSet>; 2],
    /// Images that can be in them without being shown.
    vanished: Vec<ImageId>,
}

impl Chosen {
    fn has(&self, image: ImageId) -> bool {
        self.sets.iter().flatten().all(|images| images.contains(image))
    }
}

/// The images of the filter; `None` stands for all.
fn filtered(connection: &Connection, filter: &Filter) -> rusqlite::Result<Option<ImageSet>> {
    let search = Search::new(connection)?;
    Ok(Some(match filter {
        Filter::All => return Ok(None),
        // Of those listed some may have vanished since.
        Filter::Listed(_) => search.shown_images()?,
        Filter::Labelled => search.in_state(State::Labelled)?,
        Filter::Unlabelled => search.in_state(State::Unlabelled)?,
        Filter::Unreadable => search.in_state(State::Unreadable)?,
        Filter::Disagreements => search.in_state(State::Disagreement)?,
        Filter::Category(category) => search.meaning(*category)?,
        Filter::Predicted(category) => search.predicted(category)?,
        Filter::Folder(folder) => search.in_folder(folder)?,
    }))
}
