//! What an action does, and why it may do nothing.

use super::actions::{Action, ActionGroup};
use super::category_picker::PickFor;
use super::grid::Grid;
use super::popup::PopupKind;
use super::single::compared_columns;
use super::view_action::ViewAction;
use crate::catalog::{Filter, ReviewQueue};
use crate::query::Query;
use crate::session::{
    BackgroundTask, Command, Direction, MOST_COMPARED, MoveBy, Session, TaskKind,
};
use crate::settings::{SCALE_PERCENT, Settings, ThemeChoice};

/// Per cent that the scale changes with one key press.
const SCALE_STEP_PERCENT: u16 = 10;
/// Rows that the page keys move.
const PAGE_ROWS: isize = 4;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// In the session, one after the other.
    Commands(Vec<Command>),
    /// To the view of one image.
    View(ViewAction),
    /// Something is put over the window.
    Open(PopupKind),
    /// The system asks for a folder to open.
    AskFolder,
    /// The system asks for a model's folder.
    AskModel,
    /// The system asks for a folder to export into.
    AskExportFolder,
    /// The search field gets the keyboard.
    Search,
    /// It is asked who labels.
    AskWhoLabels,
}

impl From<Command> for Effect {
    fn from(command: Command) -> Self {
        Self::Commands(vec![command])
    }
}

/// What actions depend on.
#[derive(Clone, Copy)]
pub(super) struct Situation<'a> {
    pub(super) session: &'a Session,
    /// Which image is above which.
    pub(super) grid: &'a Grid,
    /// Whether the window is dark.
    pub(super) is_dark: bool,
}

impl Action {
    /// What it does here, or nothing where there is nothing to do it to; `extend` selects what a
    /// movement passes.
    pub(super) fn effect(self, situation: Situation<'_>, extend: bool) -> Option<Effect> {
        let Situation { session, grid, is_dark } = situation;
        if self.needs_library() && session.root().is_none() {
            return None;
        }
        let cursor = session.selection().map_or(0, crate::session::Selection::cursor);
        let rows = |rows: isize| match session.compared().len() {
            // In the single image, up and down go to the neighbours too.
            0 if session.is_single() => rows.unsigned_abs(),
            0 => grid.rows_away(cursor, rows).abs_diff(cursor),
            2 => rows.unsigned_abs().min(1),
            compared => compared_columns(compared),
        };
        let go = |direction, by| Some(Command::Move { direction, by, extend }.into());
        let back = |count| go(Direction::Backward, MoveBy::Images(count));
        let on = |count| go(Direction::Forward, MoveBy::Images(count));
        let has_image = session.current_image().is_some();
        let has_view = has_view(session);
        let view = |action| has_view.then_some(Effect::View(action));
        let single = |action| session.is_single().then_some(Effect::View(action));
        let everything = || Command::SetQuery(Query::default());
        let among_all = |command| Effect::Commands(vec![everything(), command]);
        let of_image = |command| has_image.then(|| among_all(command));
        let settings = |change: &dyn Fn(&mut Settings)| {
            let mut settings = session.settings().clone();
            change(&mut settings);
            Some(Command::ChangeSettings(settings).into())
        };
        let command = match self {
            Self::AcceptPrediction => Command::AcceptPrediction,
            Self::SetNoneOfThese => Command::SetNoneOfThese,
            Self::SetUnusable => Command::SetUnusable,
            Self::PickCategory => return Some(Effect::Open(PopupKind::Pick(PickFor::First))),
            Self::PickSecondCategory => {
                return Some(Effect::Open(PopupKind::Pick(PickFor::Second)));
            }
            Self::PickSubcategory => {
                return Some(Effect::Open(PopupKind::Pick(PickFor::Subcategory)));
            }
            Self::ClearLabel => Command::ClearLabel,
            Self::EditNote => {
                // While something is taken back, nobody knows which image it would be about.
                let is_clear = has_image && !session.is_reversing();
                return is_clear.then_some(Effect::Open(PopupKind::Note));
            }
            Self::ToggleAnnotated => Command::ToggleAnnotated,
            Self::ToggleExcluded => Command::ToggleExcluded,
            Self::Undo => Command::Undo,
            Self::Redo => Command::Redo,
            Self::GoLeft => return back(1),
            Self::GoRight => return on(1),
            Self::GoUp => return back(rows(-1)),
            Self::GoDown => return on(rows(1)),
            Self::GoPageUp => return back(rows(-PAGE_ROWS)),
            Self::GoPageDown => return on(rows(PAGE_ROWS)),
            Self::GoFirst => return go(Direction::Backward, MoveBy::End),
            Self::GoLast => return go(Direction::Forward, MoveBy::End),
            Self::SelectAll => Command::SelectAll,
            Self::ToggleSingle | Self::ShowGrid if has_view => Command::ShowGrid,
            Self::ToggleSingle if has_image => Command::ShowSingle,
            Self::ToggleSingle | Self::ShowGrid => return None,
            Self::Compare => Command::ShowCompare,
            Self::FitView => return view(ViewAction::Fit),
            Self::ActualSize => return single(ViewAction::ActualSize),
            Self::Measure => return single(ViewAction::Measure),
            Self::CopyView => return view(ViewAction::Copy),
            Self::SaveView => return view(ViewAction::Save),
            Self::Search => return Some(Effect::Search),
            Self::ShowAll => {
                let commands = vec![everything(), Command::SetFilter(Filter::All)];
                return Some(Effect::Commands(commands));
            }
            Self::ShowUnlabelled => Command::SetFilter(Filter::Unlabelled),
            Self::ShowLabelled => Command::SetFilter(Filter::Labelled),
            Self::ShowProblems => Command::ShowQueue(ReviewQueue::Unreadable),
            Self::FindLabelErrors => Command::FindLabelErrors,
            Self::FindUnlike => Command::FindUnlike,
            // These are about all images, whatever was searched for.
            Self::ShowSimilar => return of_image(Command::ShowSimilar),
            Self::ShowNearDuplicates => return of_image(Command::ShowNearDuplicates),
            Self::GroupUnlabelled => return Some(among_all(Command::GroupUnlabelled)),
            Self::OpenFolder => return Some(Effect::AskFolder),
            Self::Rescan => Command::Rescan,
            Self::Classify => Command::Classify,
            Self::Pause => Command::SetPaused(true),
            Self::GoOn => Command::SetPaused(false),
            Self::Cancel => {
                let cancel = |task: BackgroundTask<'_>| Command::Cancel(task.kind);
                return Some(Effect::Commands(session.tasks().map(cancel).collect()));
            }
            Self::OpenModel => return Some(Effect::AskModel),
            Self::ExportHdf5 => return Some(Effect::Open(PopupKind::Export)),
            Self::ChangeWhoLabels => return Some(Effect::AskWhoLabels),
            Self::Palette => return Some(Effect::Open(PopupKind::Palette)),
            Self::Keys => return Some(Effect::Open(PopupKind::Keys)),
            Self::Settings => return Some(Effect::Open(PopupKind::Settings)),
            Self::SwitchTheme => {
                let theme = if is_dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                return settings(&|settings| settings.theme = theme);
            }
            Self::Larger => return settings(&|settings| scale(settings, true)),
            Self::Smaller => return settings(&|settings| scale(settings, false)),
        };
        Some(command.into())
    }

    /// Why it does nothing here, where that is known before.
    pub(super) fn why_not(self, session: &Session) -> Option<&'static str> {
        if self.needs_library() && session.root().is_none() {
            return Some("no folder is open");
        }
        let is_decision = self.facts().group == ActionGroup::Decide;
        if is_decision && session.is_read_only() {
            return Some("the library can only be read");
        }
        let has_image = session.current_image().is_some();
        let selected = session.selection().map_or(0, crate::session::Selection::len);
        let has_classifying = |is_paused: bool| {
            let mut tasks = session.tasks();
            tasks.any(|task| task.kind == TaskKind::Classify && task.is_paused == is_paused)
        };
        let (is_possible, reason) = match self {
            Self::Undo => (session.can_undo(), "nothing to take back"),
            Self::Redo => (session.can_redo(), "nothing was taken back"),
            Self::Compare => ((2..=MOST_COMPARED).contains(&selected), "select two to four images"),
            Self::ActualSize | Self::Measure => (session.is_single(), "only with one image large"),
            Self::FitView | Self::CopyView | Self::SaveView => {
                (has_view(session), "the grid is shown")
            }
            Self::ShowGrid => (has_view(session), "the grid is shown"),
            Self::ToggleSingle => (has_image || has_view(session), "no image is shown"),
            Self::ShowSimilar | Self::ShowNearDuplicates | Self::ExportHdf5 => {
                (has_image, "no image is shown")
            }
            Self::Classify if session.is_running(TaskKind::Classify) => (false, "under way"),
            Self::Classify => (session.unclassified_count() > 0, "every image has a prediction"),
            Self::Pause => (has_classifying(false), "nothing is being classified"),
            Self::GoOn => (has_classifying(true), "classifying is not paused"),
            Self::Cancel => (session.tasks().next().is_some(), "nothing is running"),
            Self::Larger => {
                let is_less = session.settings().scale_percent < *SCALE_PERCENT.end();
                (is_less, "as large as it gets")
            }
            Self::Smaller => {
                let is_more = session.settings().scale_percent > *SCALE_PERCENT.start();
                (is_more, "as small as it gets")
            }
            _ if is_decision => (has_image, "no image is shown"),
            _ => (true, ""),
        };
        (!is_possible).then_some(reason)
    }
}

/// Whether images are seen large: one, or several side by side.
fn has_view(session: &Session) -> bool {
    session.is_single() || session.is_comparing()
}

/// Makes everything larger or smaller by a step.
pub(super) fn scale(settings: &mut Settings, is_up: bool) {
    let step = SCALE_STEP_PERCENT;
    let percent = settings.scale_percent;
    let percent = if is_up { percent + step } else { percent.saturating_sub(step) };
    settings.scale_percent = percent.clamp(*SCALE_PERCENT.start(), *SCALE_PERCENT.end());
}
