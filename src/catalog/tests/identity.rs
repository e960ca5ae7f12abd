//! Random renaming, replacing, copying, deleting, scanning and reading, against a model in memory: a
//! label is found on the bytes it was given to, and on no others.

use std::collections::BTreeMap;
use std::fs::{File, FileTimes};
use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::prelude::*;
use rand::rngs::ChaCha8Rng;

use super::moves::is_clean;
use super::*;
use crate::micrograph::FileStamp;

/// `SEMBLANCE_IDENTITY_RUNS=5000 cargo nextest run labels_stay_with_their_bytes` for a campaign.
const RUNS_VARIABLE: &str = "SEMBLANCE_IDENTITY_RUNS";
const RUNS: u64 = 120;
const STEPS: usize = 60;
const FOLDERS: [&str; 3] = ["", "x/", "y/"];
const NAMES: [&str; 3] = ["a.tif", "b.tif", "c.tif"];
/// All of one size, as uncompressed images of one instrument are.
const CONTENTS: [&str; 6] =
    ["pixels 0", "pixels 1", "pixels 2", "pixels 3", "pixels 4", "pixels 5"];

struct Play {
    fixture: Fixture,
    random: ChaCha8Rng,
    /// Files get whole seconds of a few values, as on memory cards.
    has_coarse_times: bool,
    clock: u64,
    /// What was at each path at each time. The same path, size and time is the same file: nothing
    /// else is promised where nothing is read.
    contents: BTreeMap<(String, SystemTime), String>,
    categories: Vec<CategoryId>,
    /// What is labelled, by content.
    labels: BTreeMap<String, CategoryId>,
    /// Each step in words, for a failure.
    steps: Vec<String>,
}

impl Play {
    fn new(seed: u64) -> Self {
        let fixture = Fixture::with_files(&[]);
        let names = ["Tips", "Wires", "Films"].map(String::from);
        let categories = fixture.library.ensure_categories(&names).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let has_coarse_times = random.random_ratio(1, 3);
        Self {
            fixture,
            random,
            has_coarse_times,
            clock: 0,
            contents: BTreeMap::new(),
            categories,
            labels: BTreeMap::new(),
            steps: Vec::new(),
        }
    }

    fn any_path(&mut self) -> String {
        let folder = FOLDERS.choose(&mut self.random).unwrap();
        format!("{folder}{}", NAMES.choose(&mut self.random).unwrap())
    }

    fn files(&self) -> Vec<String> {
        let paths = FOLDERS.iter().flat_map(|folder| NAMES.map(|name| format!("{folder}{name}")));
        paths.filter(|path| self.fixture.path(path).exists()).collect()
    }

    fn file(&mut self) -> Option<String> {
        self.files().choose(&mut self.random).cloned()
    }

    /// Gives another time to a file that has the size and time of another one that was at its path.
    fn tell_files_apart(&mut self) {
        let mut is_settled = false;
        while !is_settled {
            is_settled = true;
            for path in self.files() {
                let content = self.content(&path);
                let time = fs::metadata(self.fixture.path(&path)).unwrap().modified().unwrap();
                let known = self.contents.entry((path.clone(), time));
                if *known.or_insert_with(|| content.clone()) != content {
                    self.steps.push(format!("touch {path}"));
                    self.set_time(&path);
                    is_settled = false;
                }
            }
        }
    }

    fn content(&self, path: &str) -> String {
        fs::read_to_string(self.fixture.path(path)).unwrap()
    }

    /// A write gives a time of its own, or one that another file may have too.
    fn set_time(&mut self, path: &str) {
        self.clock += 1;
        let ns = match self.has_coarse_times {
            true => self.random.random_range(1..16) * 1_000_000_000,
            false => self.clock * 1_000_000_007,
        };
        let time = UNIX_EPOCH + Duration::from_nanos(ns);
        let file = File::options().write(true).open(self.fixture.path(path)).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
    }

    fn step(&mut self) {
        let choice = self.random.random_range(0..14);
        let file = self.file();
        match (choice, file) {
            (0..=1, _) | (_, None) => {
                let path = self.any_path();
                let content = *CONTENTS.choose(&mut self.random).unwrap();
                self.steps.push(format!("write {path}: {content}"));
                self.fixture.write(&path, content);
                self.set_time(&path);
            }
            (2..=3, Some(from)) => {
                let to = self.any_path();
                self.steps.push(format!("rename {from} to {to}"));
                fs::create_dir_all(self.fixture.path(&to).parent().unwrap()).unwrap();
                fs::rename(self.fixture.path(&from), self.fixture.path(&to)).unwrap();
            }
            (4, Some(from)) => {
                let to = self.any_path();
                let keeps_time = self.random.random();
                if from == to {
                    return;
                }
                self.steps.push(format!("copy {from} to {to}, keeps time: {keeps_time}"));
                let (from, to_path) = (self.fixture.path(&from), self.fixture.path(&to));
                fs::create_dir_all(to_path.parent().unwrap()).unwrap();
                let _ = fs::remove_file(&to_path);
                fs::copy(&from, &to_path).unwrap();
                match keeps_time {
                    true => {
                        let time = fs::metadata(&from).unwrap().modified().unwrap();
                        let file = File::options().write(true).open(&to_path).unwrap();
                        file.set_times(FileTimes::new().set_modified(time)).unwrap();
                    }
                    false => self.set_time(&to),
                }
            }
            (5, Some(path)) => {
                self.steps.push(format!("delete {path}"));
                fs::remove_file(self.fixture.path(&path)).unwrap();
            }
            (6, Some(path)) => {
                self.steps.push(format!("touch {path}"));
                self.set_time(&path);
            }
            (7, Some(from)) => {
                let to = self.any_path();
                if self.fixture.path(&to).exists() {
                    return;
                }
                self.steps.push(format!("link {from} as {to}"));
                fs::create_dir_all(self.fixture.path(&to).parent().unwrap()).unwrap();
                fs::hard_link(self.fixture.path(&from), self.fixture.path(&to)).unwrap();
            }
            (8, Some(_)) => {
                let [one, other] = ["x", "y"].map(|name| self.fixture.path(name));
                if one.exists() && other.exists() {
                    self.steps.push("exchange the folders x and y".to_owned());
                    let aside = self.fixture.path("aside");
                    fs::rename(&one, &aside).unwrap();
                    fs::rename(&other, &one).unwrap();
                    fs::rename(&aside, &other).unwrap();
                }
            }
            (9, _) => {
                let mut folders = self.random.random_range(1..4);
                self.steps.push(format!("scan, stopped after {folders} folders"));
                let mut goes_on = |_: &ScanProgress<'_>| {
                    folders -= 1;
                    folders > 0
                };
                self.fixture.library.scan(EXTENSIONS, &mut goes_on).unwrap();
            }
            (10, _) => {
                self.steps.push("scan".to_owned());
                self.fixture.scan();
            }
            (11, Some(path)) => {
                self.steps.push(format!("read {path}"));
                self.read(&path);
            }
            (_, Some(path)) => self.label(&path),
        }
    }

    /// As classifying does it; gives the image that the file is.
    fn read(&mut self, path: &str) -> Option<ImageId> {
        let library = &self.fixture.library;
        let image = library.find_image(path.as_ref()).unwrap()?;
        let place = library.path_of(image).unwrap();
        let content = fs::read_to_string(&place).ok()?;
        let stamp = FileStamp::of(&fs::metadata(&place).unwrap());
        let reading = Reading { stamp: Some(stamp), ..reading(&format!("sha of {content}")) };
        if let Some(shown) = library.save_reading(image, &reading).unwrap() {
            return Some(shown);
        }
        let found = library.look_again(image).unwrap()?;
        library.save_reading(found, &reading).unwrap()
    }

    /// As a person does it, who sees the file's picture.
    fn label(&mut self, path: &str) {
        self.fixture.scan();
        self.read(path);
        let Some(image) = self.fixture.library.find_image(path.as_ref()).unwrap() else { return };
        let content = self.content(path);
        // The row's first place may not have been read since it was changed.
        let row = self.fixture.library.rows(&[image]).unwrap().remove(0);
        if row.content_sha256 != Some(format!("sha of {content}")) {
            return;
        }
        let category = *self.categories.choose(&mut self.random).unwrap();
        self.steps.push(format!("label {path} ({content}) as {category:?}"));
        let label = [(image, Some(value(category)))];
        self.fixture.library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
        self.labels.insert(content, category);
    }

    /// Scans and reads everything, and compares.
    fn check(&mut self, seed: u64) {
        for _ in 0..2 {
            self.fixture.scan();
            for folder in FOLDERS {
                for name in NAMES {
                    self.read(&format!("{folder}{name}"));
                }
            }
        }
        let told = format!("seed {seed}: {:#?}", self.steps);
        let valid: BTreeMap<PathBuf, CategoryId> = self
            .fixture
            .library
            .named_labels()
            .unwrap()
            .into_iter()
            .filter(|label| label.content_sha256.is_some())
            .map(|label| (label.relative_path, label.label.value.category().unwrap()))
            .collect();
        for folder in FOLDERS {
            for name in NAMES {
                let path = format!("{folder}{name}");
                if !self.fixture.path(&path).exists() {
                    continue;
                }
                let content = self.content(&path);
                let image = self.fixture.image(&path);
                let row = self.fixture.library.rows(&[image]).unwrap().remove(0);
                let given = valid.get(&row.relative_path);
                assert_eq!(given, self.labels.get(&content), "{path} ({content}), {told}");
            }
        }
        is_clean(&self.fixture);
    }

    /// Labels of bytes that are nowhere are found again with them.
    fn check_bytes_that_come_back(&mut self, seed: u64) {
        for (at, content) in CONTENTS.into_iter().enumerate() {
            let path = format!("back{at}.tif");
            self.fixture.write(&path, content);
            self.clock += 1;
            let time = UNIX_EPOCH + Duration::from_nanos(self.clock * 1_000_000_007);
            let file = File::options().write(true).open(self.fixture.path(&path)).unwrap();
            file.set_times(FileTimes::new().set_modified(time)).unwrap();
            self.fixture.scan();
            let image = self.read(&path).unwrap();
            let row = self.fixture.library.rows(&[image]).unwrap().remove(0);
            let label = row.label.filter(|_| !row.is_label_outdated);
            let given = label.and_then(|label| label.value.category());
            let expected = self.labels.get(content).copied();
            assert_eq!(given, expected, "{content} is back, seed {seed}: {:#?}", self.steps);
        }
        is_clean(&self.fixture);
    }
}

#[test]
fn labels_stay_with_their_bytes_whatever_happens_to_files() {
    let runs = std::env::var(RUNS_VARIABLE).map_or(RUNS, |runs| runs.parse().unwrap());
    let _ = writeln!(std::io::stderr(), "seeds 0 to {}", runs - 1);
    for seed in 0..runs {
        let mut play = Play::new(seed);
        for _ in 0..STEPS {
            play.step();
            play.tell_files_apart();
        }
        play.check(seed);
        play.check_bytes_that_come_back(seed);
    }
}
