//! Everything a user can do.

use std::ops::Range;
use std::path::PathBuf;

use super::{NoticeLevel, TaskKind};
use crate::catalog::{Filter, Grouping, ReviewQueue, SavedSearch, Sort};
use crate::micrograph::DataBar;
use crate::query::Query;
use crate::settings::Settings;
use crate::taxonomy::CategoryId;

/// Everything a user can do. No egui types, so that tests send the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open the images in a folder.
    OpenFolder(PathBuf),
    /// Make the sample library in a folder and open it.
    OpenSample(PathBuf),
    /// Look for new, changed and vanished files.
    Rescan,
    /// Show other images.
    SetFilter(Filter),
    /// Of these, show the ones that meet the query.
    SetQuery(Query),
    /// The same for a query that is still being written: where it finds nothing, what is shown stays.
    TryQuery(Query),
    /// Show what the saved filter of this name finds.
    ShowSaved(String),
    /// Save a filter, in place of the one of the same name.
    SaveSearch(SavedSearch),
    /// Remove the saved filter of this name.
    RemoveSaved(String),
    /// Show images in another order.
    SetSort(Sort),
    /// Show images in other groups.
    SetGrouping(Grouping),
    /// Put the cursor on the image at this position of the view.
    Select {
        /// Position in the view.
        position: usize,
        /// Select all from the anchor to here (Shift).
        extend: bool,
        /// Add or remove this one (Ctrl).
        toggle: bool,
    },
    /// Select every image of the view.
    SelectAll,
    /// Select the images at these positions of the view.
    SelectMany {
        /// Positions in the view.
        ranges: Vec<Range<usize>>,
        /// Beside those that are selected.
        add: bool,
    },
    /// Move the cursor.
    Move {
        /// Where to.
        direction: Direction,
        /// How far.
        by: MoveBy,
        /// Select all on the way (Shift).
        extend: bool,
    },
    /// Show one image large.
    ShowSingle,
    /// Show the selected images, 2 to 4, side by side.
    ShowCompare,
    /// Of the images that are compared, decide about the one at this position.
    SelectCompared(usize),
    /// Show the grid.
    ShowGrid,
    /// Give the selected images this category and go on to the next image.
    SetCategory(CategoryId),
    /// Give the selected images this second category; the same again takes it away.
    SetSecondCategory(CategoryId),
    /// Say that the selected images show none of the categories, and go on.
    SetNoneOfThese,
    /// Say that nothing can be told of the selected images, and go on.
    SetUnusable,
    /// Accept the best prediction for the selected images and go on.
    AcceptPrediction,
    /// Label every image without a label whose best prediction has at least this score, in percent.
    AcceptAbove(u8),
    /// Take the selected images' labels away.
    ClearLabel,
    /// Note something on the selected images, or nothing.
    SetNote(Option<String>),
    /// Say that something is drawn into the selected images; said of all of them already, that there
    /// is nothing.
    ToggleAnnotated,
    /// Keep the selected images out of training; kept out already, let them train.
    ToggleExcluded,
    /// Read the current image with this data bar, or with the program's own.
    SetDataBar(Option<DataBar>),
    /// Read all images of the current one's size, in its folder and those below it, with this data
    /// bar, or with the program's own.
    SetFolderDataBar(Option<DataBar>),
    /// Read this page of the current image's file, counted from 1, or the program's own choice.
    SetPage(Option<u32>),
    /// Take back the last decision or choice.
    Undo,
    /// Make what was taken back again.
    Redo,
    /// Add a category.
    AddCategory(String),
    /// Add a subcategory.
    AddSubcategory {
        /// The category that it is of.
        of: CategoryId,
        /// Its name.
        name: String,
    },
    /// Somebody says who labels from now on.
    SetPerson {
        /// Whose name goes into the journal.
        name: String,
        /// Whether it is asked at every start, since several people use this log-in.
        ask_at_start: bool,
    },
    /// Use another model from now on: a built-in one's name, or a folder.
    UseModel(String),
    /// Show the current image with those that show nearly the same.
    ShowNearDuplicates,
    /// Show the images most like the current one.
    ShowSimilar,
    /// Show the images without a label in groups of like ones.
    GroupUnlabelled,
    /// Show a queue of review from its first image on.
    ShowQueue(ReviewQueue),
    /// Look for labels that are likely wrong.
    FindLabelErrors,
    /// Look for images unlike all that people labelled.
    FindUnlike,
    /// Classify the images that the model in use has not classified.
    Classify,
    /// Write the view's images as HDF5 into a folder.
    ExportHdf5(PathBuf),
    /// Let classifying rest, or go on.
    SetPaused(bool),
    /// Stop what is running, of this kind.
    Cancel(TaskKind),
    /// Show a message.
    Tell(NoticeLevel, String),
    /// Change the settings of the program.
    ChangeSettings(Settings),
    /// Put away the message at this position.
    DismissNotice(usize),
}

impl Command {
    /// Whether it goes into the journal, under somebody's name.
    pub fn is_signed(&self) -> bool {
        matches!(
            self,
            Self::SetCategory(_)
                | Self::SetSecondCategory(_)
                | Self::SetNoneOfThese
                | Self::SetUnusable
                | Self::AcceptPrediction
                | Self::AcceptAbove(_)
                | Self::ClearLabel
                | Self::SetNote(_)
                | Self::ToggleAnnotated
                | Self::ToggleExcluded
                | Self::AddCategory(_)
                | Self::AddSubcategory { .. }
                | Self::Undo
                | Self::Redo
        )
    }

    /// Whether it is about the images that are selected, or about the cursor.
    pub(super) fn is_about_selection(&self) -> bool {
        matches!(
            self,
            Self::Select { .. }
                | Self::SelectAll
                | Self::SelectMany { .. }
                | Self::Move { .. }
                | Self::ShowSingle
                | Self::ShowCompare
                | Self::SelectCompared(_)
                | Self::ShowGrid
                | Self::SetCategory(_)
                | Self::SetSecondCategory(_)
                | Self::SetNoneOfThese
                | Self::SetUnusable
                | Self::AcceptPrediction
                | Self::ClearLabel
                | Self::SetNote(_)
                | Self::ToggleAnnotated
                | Self::ToggleExcluded
                | Self::SetDataBar(_)
                | Self::SetFolderDataBar(_)
                | Self::SetPage(_)
                | Self::ShowNearDuplicates
                | Self::ShowSimilar
        )
    }

    /// Whether it must not overtake what is about the selection: decisions are made in their order, and
    /// under the name of whoever labelled by then.
    pub(super) fn keeps_its_turn(&self) -> bool {
        self.is_about_selection()
            || self.is_signed()
            || matches!(
                self,
                Self::SaveSearch(_)
                    | Self::RemoveSaved(_)
                    | Self::SetPerson { .. }
                    | Self::ShowQueue(_)
            )
    }

    /// Whether somebody is at work on the images with it: decides, moves, selects or shows others.
    pub(super) fn is_work(&self) -> bool {
        !matches!(
            self,
            Self::OpenFolder(_)
                | Self::OpenSample(_)
                | Self::Rescan
                | Self::SaveSearch(_)
                | Self::RemoveSaved(_)
                | Self::SetPerson { .. }
                | Self::UseModel(_)
                | Self::ShowSimilar
                | Self::GroupUnlabelled
                | Self::FindLabelErrors
                | Self::FindUnlike
                | Self::Classify
                | Self::ExportHdf5(_)
                | Self::SetPaused(_)
                | Self::Cancel(_)
                | Self::Tell(..)
                | Self::ChangeSettings(_)
                | Self::DismissNotice(_)
        )
    }
}

/// Where the cursor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the first image.
    Backward,
    /// Towards the last image.
    Forward,
}

/// How far the cursor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveBy {
    /// This many images: 1 for a step, the grid's columns for a row.
    Images(usize),
    /// To the first or the last image.
    End,
}
