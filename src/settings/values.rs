//! The settings as a value, with defaults and limits.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::fields::{Fields, keys_as_json, paths_as_json};
use super::{AfterLabel, Chord, SettingsProblem, ThemeChoice};

/// The least and the greatest scale of the window, in per cent.
pub const SCALE_PERCENT: RangeInclusive<u16> = 100..=200;
/// The least and the greatest width of a thumbnail, in points.
pub const THUMBNAIL_WIDTH_POINTS: RangeInclusive<u16> = 72..=640;
/// The least and the greatest score below which an image waits for a decision, in per cent.
pub const DECIDE_BELOW_PERCENT: RangeInclusive<u16> = 1..=100;
/// The least and the greatest memory for thumbnails, in 2²⁰ bytes.
pub const THUMBNAIL_BUDGET_MB: RangeInclusive<u16> = 32..=8192;
/// Most folders that are kept of those that were opened.
const MOST_RECENT: usize = 8;
const CLASSIFY_WORKERS: RangeInclusive<u16> = 1..=1024;

/// What a person chooses for the program on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Size of everything in the window, within [`SCALE_PERCENT`].
    pub scale_percent: u16,
    /// Least width of a thumbnail in the grid, within [`THUMBNAIL_WIDTH_POINTS`].
    pub thumbnail_width_points: u16,
    /// What happens after an image was labelled.
    pub after_label: AfterLabel,
    /// Images whose best score is lower wait for a decision, within [`DECIDE_BELOW_PERCENT`].
    pub decide_below_percent: u16,
    /// Memory for thumbnails on the graphics card, in 2²⁰ bytes, within [`THUMBNAIL_BUDGET_MB`].
    pub thumbnail_budget_mb: u16,
    /// Threads that classify; `None` leaves one core to the window.
    pub classify_workers: Option<u16>,
    /// Whether new, changed and vanished files are looked for when a folder is opened.
    pub looks_for_files: bool,
    /// Folders that were opened, the last one first.
    pub recent_folders: Vec<PathBuf>,
    /// Keys that were chosen, by the name of what they do; no keys at all where the list is empty.
    pub keys: BTreeMap<String, Vec<Chord>>,
    /// Fields that a later version wrote, as they were: they are saved again.
    pub unknown: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            scale_percent: 100,
            thumbnail_width_points: 160,
            after_label: AfterLabel::default(),
            decide_below_percent: 80,
            thumbnail_budget_mb: 256,
            classify_workers: None,
            looks_for_files: true,
            recent_folders: Vec::new(),
            keys: BTreeMap::new(),
            unknown: Map::new(),
        }
    }
}

impl Settings {
    /// Images whose best score is lower wait for a decision: a probability.
    pub fn decide_below(&self) -> f64 {
        f64::from(self.decide_below_percent) / 100.0
    }

    /// Takes note that a folder was opened.
    pub fn note_opened(&mut self, folder: &Path) {
        self.recent_folders.retain(|known| known != folder);
        self.recent_folders.insert(0, folder.to_owned());
        self.recent_folders.truncate(MOST_RECENT);
    }

    /// Threads that classify on this computer: as many as were chosen, or one for each core, as on
    /// the command line.
    pub fn classify_worker_count(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.classify_workers.map_or(cores, usize::from).max(1)
    }

    /// The settings of a file, and which of its fields could not be understood.
    pub(super) fn of_json(object: Map<String, Value>) -> (Self, Vec<SettingsProblem>) {
        let default = Self::default();
        let mut fields = Fields::new(object);
        let settings = Self {
            theme: fields.choice("theme", &ThemeChoice::ALL, ThemeChoice::as_str),
            scale_percent: fields.number("scale_percent", SCALE_PERCENT, default.scale_percent),
            thumbnail_width_points: fields.number(
                "thumbnail_width_points",
                THUMBNAIL_WIDTH_POINTS,
                default.thumbnail_width_points,
            ),
            after_label: fields.choice("after_label", &AfterLabel::ALL, AfterLabel::as_str),
            decide_below_percent: fields.number(
                "decide_below_percent",
                DECIDE_BELOW_PERCENT,
                default.decide_below_percent,
            ),
            thumbnail_budget_mb: fields.number(
                "thumbnail_budget_mb",
                THUMBNAIL_BUDGET_MB,
                default.thumbnail_budget_mb,
            ),
            classify_workers: fields.number_or_null("classify_workers", CLASSIFY_WORKERS),
            looks_for_files: fields.yes_or_no("looks_for_files", default.looks_for_files),
            recent_folders: fields.paths("recent_folders"),
            keys: fields.keys("keys"),
            unknown: Map::new(),
        };
        let (unknown, problems) = fields.finish();
        (Self { unknown, ..settings }, problems)
    }

    /// The file's content.
    pub(super) fn to_json(&self) -> Value {
        let mut object = self.unknown.clone();
        let known = [
            ("theme", Value::from(self.theme.as_str())),
            ("scale_percent", Value::from(self.scale_percent)),
            ("thumbnail_width_points", Value::from(self.thumbnail_width_points)),
            ("after_label", Value::from(self.after_label.as_str())),
            ("decide_below_percent", Value::from(self.decide_below_percent)),
            ("thumbnail_budget_mb", Value::from(self.thumbnail_budget_mb)),
            ("classify_workers", Value::from(self.classify_workers)),
            ("looks_for_files", Value::from(self.looks_for_files)),
            ("recent_folders", paths_as_json(&self.recent_folders)),
            ("keys", keys_as_json(&self.keys)),
        ];
        object.extend(known.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> (Settings, Vec<String>) {
        let Value::Object(object) = value else { panic!("no object: {value}") };
        let (settings, problems) = Settings::of_json(object);
        (settings, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let settings = Settings {
            theme: ThemeChoice::Light,
            scale_percent: 150,
            thumbnail_width_points: 240,
            after_label: AfterLabel::Stay,
            decide_below_percent: 95,
            thumbnail_budget_mb: 64,
            classify_workers: Some(3),
            looks_for_files: false,
            keys: [
                ("undo".to_owned(), vec!["Ctrl+U".parse().unwrap(), "F8".parse().unwrap()]),
                ("set_unusable".to_owned(), Vec::new()),
            ]
            .into(),
            ..Settings::default()
        };
        assert_eq!(read(settings.to_json()), (settings, Vec::new()));
        assert_eq!(read(json!({})), (Settings::default(), Vec::new()));
    }

    #[test]
    fn a_broken_field_costs_itself_alone_and_is_told() {
        let (settings, told) = read(json!({
            "theme": "blue",
            "scale_percent": 5000,
            "after_label": "stay",
            "classify_workers": "many",
            "decide_below_percent": 80.5,
        }));
        let expected = Settings { after_label: AfterLabel::Stay, ..Settings::default() };
        assert_eq!(settings, expected);
        assert_eq!(told.len(), 4, "{told:?}");
        let theme = "The setting “theme” is \"blue\", which is not one of system, light, dark: its \
                     default is used";
        assert_eq!(told[0], theme);
        assert!(told[1].contains("a whole number from 100 to 200"), "{}", told[1]);
    }

    #[test]
    fn broken_keys_cost_their_own_action_alone() {
        let (settings, told) = read(json!({
            "keys": {"undo": ["Ctrl+Nothing"], "redo": "F9", "select_all": [3], "of_later": ["F2"]}
        }));
        let kept: Vec<&str> = settings.keys.keys().map(String::as_str).collect();
        assert_eq!(kept, ["of_later", "redo"]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|text| text.contains("keys.undo")), "{told:?}");
        let (settings, told) = read(json!({"keys": 3}));
        assert!(settings.keys.is_empty());
        assert_eq!(told.len(), 1);
    }

    #[test]
    fn a_field_of_a_later_version_is_kept() {
        let (settings, told) = read(json!({"telescope": {"mirror": 3}, "scale_percent": 120}));
        assert!(told.is_empty());
        let written = settings.to_json();
        assert_eq!(written["telescope"]["mirror"], 3);
        assert_eq!(written["scale_percent"], 120);
    }

    #[test]
    fn there_is_a_worker_for_each_core_unless_something_else_was_chosen() {
        let chosen = |workers| Settings { classify_workers: workers, ..Settings::default() };
        let cores = std::thread::available_parallelism().unwrap().get();
        assert_eq!(chosen(None).classify_worker_count(), cores);
        assert_eq!(chosen(Some(5)).classify_worker_count(), 5);
    }
}
