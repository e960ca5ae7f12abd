//! Everything that the window can do without a pointer: names, texts, default keys.
//!
//! What each does is in `effect.rs`; which keys it has by now in `keymap.rs`.

use crate::settings::Chord;

/// Something that the window can do without a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    AcceptPrediction,
    SetNoneOfThese,
    SetUnusable,
    PickCategory,
    PickSecondCategory,
    PickSubcategory,
    ClearLabel,
    EditNote,
    ToggleAnnotated,
    ToggleExcluded,
    Undo,
    Redo,
    GoLeft,
    GoRight,
    GoUp,
    GoDown,
    GoPageUp,
    GoPageDown,
    GoFirst,
    GoLast,
    SelectAll,
    ToggleSingle,
    ShowGrid,
    Compare,
    FitView,
    ActualSize,
    Measure,
    CopyView,
    SaveView,
    Search,
    ShowAll,
    ShowUnlabelled,
    ShowLabelled,
    ShowProblems,
    ShowSimilar,
    ShowNearDuplicates,
    GroupUnlabelled,
    FindLabelErrors,
    FindUnlike,
    OpenFolder,
    Rescan,
    Classify,
    Pause,
    GoOn,
    Cancel,
    OpenModel,
    ExportHdf5,
    ChangeWhoLabels,
    Palette,
    Keys,
    Settings,
    SwitchTheme,
    Larger,
    Smaller,
}

/// What actions are about, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActionGroup {
    Decide,
    Move,
    Look,
    Show,
    Program,
}

/// What is known of an action.
pub(super) struct ActionFacts {
    pub(super) action: Action,
    /// In the settings file; never changes.
    pub(super) name: &'static str,
    /// On screen.
    pub(super) text: &'static str,
    pub(super) group: ActionGroup,
    /// Its keys unless others were chosen.
    default_keys: &'static [&'static str],
}

const fn facts(
    action: Action,
    name: &'static str,
    text: &'static str,
    group: ActionGroup,
    default_keys: &'static [&'static str],
) -> ActionFacts {
    ActionFacts { action, name, text, group, default_keys }
}

use ActionGroup::{Decide, Look, Move, Program, Show};

/// All actions in the order in which they are listed, which is that of [`Action`].
#[rustfmt::skip]
pub(super) const ACTIONS: [ActionFacts; 54] = [
    facts(Action::AcceptPrediction, "accept_prediction", "Accept the prediction", Decide, &["Space"]),
    facts(Action::SetNoneOfThese, "set_none_of_these", "None of these", Decide, &["-"]),
    facts(Action::SetUnusable, "set_unusable", "Unusable", Decide, &["X"]),
    facts(Action::PickCategory, "pick_category", "Category by name…", Decide, &["C"]),
    facts(Action::PickSecondCategory, "pick_second_category", "Second category by name…", Decide, &["Shift+C"]),
    facts(Action::PickSubcategory, "pick_subcategory", "Subcategory by name…", Decide, &["V"]),
    facts(Action::ClearLabel, "clear_label", "Remove the label", Decide, &["Delete", "Backspace"]),
    facts(Action::EditNote, "edit_note", "Note…", Decide, &["F2"]),
    facts(Action::ToggleAnnotated, "toggle_annotated", "Mark as drawn into", Decide, &["F3"]),
    facts(Action::ToggleExcluded, "toggle_excluded", "Exclude from training", Decide, &["F4"]),
    facts(Action::Undo, "undo", "Undo", Decide, &["Ctrl+Z"]),
    facts(Action::Redo, "redo", "Redo", Decide, &["Ctrl+Y", "Ctrl+Shift+Z"]),
    facts(Action::GoLeft, "go_left", "Previous image", Move, &["Left"]),
    facts(Action::GoRight, "go_right", "Next image", Move, &["Right"]),
    facts(Action::GoUp, "go_up", "A row up", Move, &["Up"]),
    facts(Action::GoDown, "go_down", "A row down", Move, &["Down"]),
    facts(Action::GoPageUp, "go_page_up", "Four rows up", Move, &["PageUp"]),
    facts(Action::GoPageDown, "go_page_down", "Four rows down", Move, &["PageDown"]),
    facts(Action::GoFirst, "go_first", "First image", Move, &["Home"]),
    facts(Action::GoLast, "go_last", "Last image", Move, &["End"]),
    facts(Action::SelectAll, "select_all", "Select all", Move, &["Ctrl+A"]),
    facts(Action::ToggleSingle, "toggle_single", "One image large, or the grid", Look, &["Enter"]),
    facts(Action::ShowGrid, "show_grid", "Back to the grid", Look, &["Esc"]),
    facts(Action::Compare, "compare", "Compare side by side", Look, &["Ctrl+Enter"]),
    facts(Action::FitView, "fit_view", "Fit the image into the view", Look, &["Ctrl+0"]),
    facts(Action::ActualSize, "actual_size", "Image pixels as screen pixels", Look, &["Ctrl+1"]),
    facts(Action::Measure, "measure", "Measure a distance", Look, &["Ctrl+M"]),
    facts(Action::CopyView, "copy_view", "Copy the view", Look, &["Ctrl+C"]),
    facts(Action::SaveView, "save_view", "Save the view…", Look, &["Ctrl+S"]),
    facts(Action::Search, "search", "Search", Show, &["Ctrl+F"]),
    facts(Action::ShowAll, "show_all", "Show all images", Show, &[]),
    facts(Action::ShowUnlabelled, "show_unlabelled", "Show what is unlabelled", Show, &[]),
    facts(Action::ShowLabelled, "show_labelled", "Show what is labelled", Show, &[]),
    facts(Action::ShowProblems, "show_problems", "Show what cannot be read", Show, &[]),
    facts(Action::ShowSimilar, "show_similar", "Show images like this one", Show, &[]),
    facts(Action::ShowNearDuplicates, "show_near_duplicates", "Show near-duplicates of this one", Show, &[]),
    facts(Action::GroupUnlabelled, "group_unlabelled", "Group unlabelled images by likeness", Show, &[]),
    facts(Action::FindLabelErrors, "find_label_errors", "Look for label errors", Show, &[]),
    facts(Action::FindUnlike, "find_unlike", "Look for images unlike anything labelled", Show, &[]),
    facts(Action::OpenFolder, "open_folder", "Open a folder…", Program, &["Ctrl+O"]),
    facts(Action::Rescan, "rescan", "Look for new files", Program, &["F5"]),
    facts(Action::Classify, "classify", "Classify what has no prediction", Program, &[]),
    facts(Action::Pause, "pause", "Pause classifying", Program, &[]),
    facts(Action::GoOn, "go_on", "Go on classifying", Program, &[]),
    facts(Action::Cancel, "cancel", "Stop what is running", Program, &[]),
    facts(Action::OpenModel, "open_model", "Use a model's folder…", Program, &[]),
    facts(Action::ExportHdf5, "export_hdf5", "Export HDF5…", Program, &[]),
    facts(Action::ChangeWhoLabels, "change_who_labels", "Change who labels…", Program, &[]),
    facts(Action::Palette, "palette", "All commands…", Program, &["Ctrl+P"]),
    facts(Action::Keys, "keys", "All keys", Program, &["?", "F1"]),
    facts(Action::Settings, "settings", "Settings…", Program, &["Ctrl+,"]),
    facts(Action::SwitchTheme, "switch_theme", "Light or dark", Program, &[]),
    facts(Action::Larger, "larger", "Everything larger", Program, &["Ctrl++", "Ctrl+="]),
    facts(Action::Smaller, "smaller", "Everything smaller", Program, &["Ctrl+-"]),
];

impl Action {
    /// What is known of it.
    pub(super) fn facts(self) -> &'static ActionFacts {
        &ACTIONS[self as usize]
    }

    /// Its text on screen.
    pub(super) fn text(self) -> &'static str {
        self.facts().text
    }

    /// Its keys unless others were chosen.
    pub(super) fn default_chords(self) -> Vec<Chord> {
        self.facts().default_keys.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// Whether it moves the cursor, so that Shift selects what lies between.
    pub(super) fn can_extend(self) -> bool {
        self.facts().group == Move && self != Self::SelectAll
    }

    /// Whether it is done again while its key is held down. Decisions are not: nobody has seen the
    /// images that follow.
    pub(super) fn does_repeat(self) -> bool {
        self.can_extend() || matches!(self, Self::Larger | Self::Smaller)
    }

    /// Whether its keys count while a field is being edited, unless they write something.
    pub(super) fn works_while_typing(self) -> bool {
        matches!(self, Self::Search | Self::Palette | Self::Keys | Self::Settings)
    }

    /// Whether it is about the images of a folder.
    pub(super) fn needs_library(self) -> bool {
        !matches!(
            self,
            Self::OpenFolder
                | Self::Cancel
                | Self::Palette
                | Self::Keys
                | Self::Settings
                | Self::SwitchTheme
                | Self::Larger
                | Self::Smaller
        )
    }
}

impl ActionGroup {
    /// All groups in the order in which they are listed.
    pub(super) const ALL: [Self; 5] = [Decide, Move, Look, Show, Program];

    /// Its name on screen.
    pub(super) fn title(self) -> &'static str {
        match self {
            Decide => "Decide",
            Move => "Move",
            Look => "Look",
            Show => "Show",
            Program => "Program",
        }
    }

    /// Its actions.
    pub(super) fn actions(self) -> impl Iterator<Item = Action> {
        ACTIONS.iter().filter(move |facts| facts.group == self).map(|facts| facts.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_at_its_place_with_a_name_of_its_own() {
        for (at, facts) in ACTIONS.iter().enumerate() {
            assert_eq!(facts.action as usize, at, "{}", facts.name);
            let is_same =
                |other: &&ActionFacts| other.name == facts.name || other.text == facts.text;
            assert_eq!(ACTIONS.iter().filter(is_same).count(), 1, "{}", facts.name);
            assert!(facts.name.chars().all(|c| c.is_ascii_lowercase() || "_5".contains(c)));
        }
        let listed = ActionGroup::ALL.iter().flat_map(|group| group.actions()).count();
        assert_eq!(listed, ACTIONS.len());
    }

    #[test]
    fn no_two_actions_share_a_default_key_and_every_one_parses_back() {
        let mut known: Vec<(Chord, &str)> = Vec::new();
        for facts in &ACTIONS {
            let chords = facts.action.default_chords();
            let texts: Vec<String> = chords.iter().map(ToString::to_string).collect();
            assert_eq!(texts, facts.default_keys, "{}", facts.name);
            for chord in chords {
                let other = known.iter().find(|(known, _)| *known == chord);
                assert!(other.is_none(), "{chord}: {} and {other:?}", facts.name);
                known.push((chord, facts.name));
            }
        }
    }

    #[test]
    fn shift_with_a_key_that_moves_belongs_to_no_other_action() {
        let taken: Vec<Chord> =
            ACTIONS.iter().flat_map(|facts| facts.action.default_chords()).collect();
        for facts in ACTIONS.iter().filter(|facts| facts.action.can_extend()) {
            for chord in facts.action.default_chords() {
                assert!(!taken.contains(&chord.shift(true)), "{chord}");
            }
        }
    }

    #[test]
    fn no_decision_repeats_while_its_key_is_held() {
        for action in Decide.actions() {
            assert!(!action.does_repeat(), "{action:?}");
        }
    }
}
