//! Long work: looking for files, making the sample, classifying, exporting.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::ended::Ended;
use super::likeness::Found;
use super::{NoticeLevel, Session};
use crate::catalog::{ImageId, data_directory};
use crate::classifier::{Backbone, Model};
use crate::jobs::{Progress, Task, TaskHandle};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{
    ExportHdf5, ExportItem, LibraryWork, PipelineOptions, classify_library, create_sample_library,
    export_hdf5, file_of, find_model, find_near_duplicates, read_changed_files, rescore_library,
    start_categories, use_model,
};
use crate::synthetic::SampleOptions;

/// How often the view is read again while files are being found.
const REFRESH_EVERY: Duration = Duration::from_millis(500);

/// How often images are counted again while they are classified: at a million of them that takes a
/// share of the time that would classify others.
const RECOUNT_EVERY: Duration = Duration::from_secs(5);

/// What the work reports.
pub(super) enum Event {
    /// New rows are in the library.
    LibraryChanged,
    /// This image has a prediction or a read error now.
    Classified(ImageId),
    /// Something else was chosen for this image while it was classified.
    Outdated(ImageId),
    /// The sample library is there.
    SampleMade(PathBuf),
    /// This model is in use now.
    ModelUsed(String),
    /// These images were looked for.
    Found(Found),
    /// For the user.
    Notice(NoticeLevel, String),
}

/// Which work it is; of each kind, one runs at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// Finding or making files.
    Files,
    /// Classifying.
    Classify,
    /// Comparing images with one another.
    Search,
    /// Writing files.
    Export,
}

/// What is running, for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackgroundTask<'a> {
    /// Which work it is.
    pub kind: TaskKind,
    /// What it does, such as `Classifying`.
    pub name: &'a str,
    /// How far it is.
    pub progress: Progress,
    /// Whether it was asked to stop.
    pub is_cancelled: bool,
    /// Whether it is to rest.
    pub is_paused: bool,
    /// Whether it has come to rest.
    pub is_resting: bool,
}

/// A task that is running.
pub(super) struct Running {
    kind: TaskKind,
    task: Task<Event>,
}

/// What a task has to say.
struct Report {
    kind: TaskKind,
    is_finished: bool,
    events: Vec<Event>,
    failure: Option<String>,
}

impl Running {
    fn describe(&self) -> BackgroundTask<'_> {
        BackgroundTask {
            kind: self.kind,
            name: self.task.name(),
            progress: self.task.progress(),
            is_cancelled: self.task.is_cancelled(),
            is_paused: self.task.is_paused(),
            is_resting: self.task.is_resting(),
        }
    }
}

/// Where the sample library is made unless the user says otherwise.
pub fn default_sample_folder() -> Option<PathBuf> {
    data_directory().map(|folder| folder.join("sample"))
}

pub(super) fn backbone_for(model: &Model) -> Result<Backbone, String> {
    model.backbone(1).map_err(|error| error.to_string())
}

impl Session {
    /// What is running, the oldest first.
    pub fn tasks(&self) -> impl Iterator<Item = BackgroundTask<'_>> {
        self.running.iter().map(Running::describe)
    }

    /// Whether work of this kind is running.
    pub fn is_running(&self, kind: TaskKind) -> bool {
        self.running.iter().any(|running| running.kind == kind)
    }

    /// Takes in what was read, written and done in the background. Call it once a frame.
    pub fn receive(&mut self) {
        self.notices.retain(|notice| !notice.is_over());
        self.receive_opened();
        self.receive_decided();
        self.receive_lists();
        self.receive_read_failures();
        self.receive_turn();
        self.receive_preferences();
        self.receive_kept();
        self.receive_tasks();
        self.classify_what_waits();
    }

    fn receive_tasks(&mut self) {
        // All are asked before any event is acted upon: that may begin another.
        let mut reports = Vec::new();
        for running in &self.running {
            let is_finished = running.task.is_finished(); // before the events, so that none is missed
            let (events, failure) = (running.task.take_events(), running.task.failure());
            reports.push(Report { kind: running.kind, is_finished, events, failure });
        }
        let mut is_finished = reports.iter().map(|report| report.is_finished);
        self.running.retain(|_| !is_finished.next().unwrap_or(false));
        reports.into_iter().for_each(|report| self.take_report(report));
    }

    fn take_report(&mut self, report: Report) {
        let mut has_files = false;
        let mut classified = 0;
        for event in report.events {
            match event {
                Event::LibraryChanged => has_files = true,
                Event::Classified(image) => {
                    classified += 1;
                    if let Some(open) = &self.open {
                        open.forget_row(image);
                    }
                }
                Event::Outdated(image) => {
                    if let Some(open) = &mut self.open {
                        open.to_classify_again.push(image);
                    }
                }
                Event::SampleMade(folder) if self.opening.is_some() => {
                    let text = format!("The sample library is made: {}", folder.display());
                    self.notify(NoticeLevel::Info, text);
                }
                Event::SampleMade(folder) => self.open_folder(&folder),
                Event::ModelUsed(name) => {
                    if let Some(open) = &mut self.open {
                        open.model_name = name;
                        open.is_to_classify = true;
                    }
                }
                Event::Found(found) => self.offer_list(found),
                Event::Notice(level, text) => self.notify(level, text),
            }
        }
        if let Some(failure) = report.failure {
            self.notify(NoticeLevel::Error, format!("The work stopped: {failure}"));
        }
        if let Some(open) = &mut self.open {
            open.unclassified_count = open.unclassified_count.saturating_sub(classified);
        }
        let since = self.refreshed.elapsed();
        let is_due =
            has_files && since >= REFRESH_EVERY || classified > 0 && since >= RECOUNT_EVERY;
        if is_due || report.is_finished {
            self.refreshed = Instant::now();
        }
        match (report.is_finished, report.kind) {
            (true, TaskKind::Files) => self.refresh_files(),
            (true, _) => self.refresh(),
            (false, _) if is_due && has_files => self.refresh_files(),
            (false, _) if is_due => self.refresh_facts(),
            (false, _) => {}
        }
    }

    /// What lost its prediction because it is read in another way gets a new one by itself, and
    /// everything after another model was taken into use.
    fn classify_what_waits(&mut self) {
        if self.is_running(TaskKind::Classify) {
            return;
        }
        let Some(open) = &mut self.open else { return };
        let mut again = std::mem::take(&mut open.to_classify_again);
        if std::mem::take(&mut open.is_to_classify) {
            self.start_classification(None);
        } else if !again.is_empty() {
            again.sort_unstable();
            again.dedup();
            self.start_classification(Some(again));
        }
    }

    pub(super) fn cancel(&mut self, kind: TaskKind) {
        for running in self.running.iter().filter(|running| running.kind == kind) {
            running.task.cancel();
        }
    }

    pub(super) fn set_paused(&mut self, is_paused: bool) {
        for running in self.running.iter().filter(|it| it.kind == TaskKind::Classify) {
            running.task.set_paused(is_paused);
        }
    }

    /// Starts long work, unless some of its kind is running already.
    pub(super) fn start(
        &mut self,
        kind: TaskKind,
        name: &'static str,
        work: impl FnOnce(&TaskHandle<Event>) + Send + 'static,
    ) {
        if let Some(running) = self.running.iter().find(|running| running.kind == kind) {
            let text = format!("{} is not finished: cancel it or wait", running.task.name());
            self.notify(NoticeLevel::Warning, text);
            return;
        }
        let wake = Arc::clone(&self.wake);
        let task = Task::start(name, move || wake(Duration::ZERO), work);
        self.running.push(Running { kind, task });
    }

    /// Looks for files; what was found is shown where a person asked for it.
    pub(super) fn start_scan(&mut self, is_asked_for: bool) {
        let Some(open) = &self.open else { return };
        let (library, model_name) = (Arc::clone(&open.library), open.model_name.clone());
        self.start(TaskKind::Files, "Looking for images", move |handle| {
            let started = find_model(Some(&library), &model_name)
                .map_err(|error| error.to_string())
                .and_then(|model| {
                    start_categories(&library, &model).map_err(|error| error.to_string())
                });
            if let Err(error) = started {
                handle.event(Event::Notice(NoticeLevel::Error, error));
            }
            let outcome = library.scan(&READABLE_EXTENSIONS, &mut |progress| {
                handle.progress(progress.found, 0);
                handle.event(Event::LibraryChanged);
                !handle.cancel().load(Ordering::Relaxed)
            });
            match outcome {
                Ok(report) => {
                    if is_asked_for && !handle.cancel().load(Ordering::Relaxed) {
                        handle.event(Event::Notice(NoticeLevel::Info, report.to_string()));
                    }
                    for problem in report.problems {
                        handle.event(Event::Notice(NoticeLevel::Warning, problem));
                    }
                }
                Err(error) => {
                    handle.event(Event::Notice(NoticeLevel::Error, error.to_string()));
                }
            }
            if let Err(error) = library.back_up_if_due(Duration::ZERO) {
                handle.event(Event::Notice(NoticeLevel::Warning, error.to_string()));
            }
            let mut progress = |done, total| handle.progress(done as u64, total as u64);
            if let Err(error) = read_changed_files(&library, handle.cancel(), &mut progress) {
                handle.event(Event::Notice(NoticeLevel::Error, error.to_string()));
            }
        });
    }

    pub(super) fn start_sample(&mut self, folder: &Path) {
        if folder.join("manifest.csv").exists() {
            self.open_folder(folder);
            return;
        }
        let folder = folder.to_owned();
        self.start(TaskKind::Files, "Making synthetic micrographs", move |handle| {
            if fs::read_dir(&folder).is_ok_and(|mut inside| inside.next().is_some()) {
                let text = format!(
                    "{} has something else in it: move it away, then make the sample library",
                    folder.display()
                );
                return handle.event(Event::Notice(NoticeLevel::Error, text));
            }
            // Made under another name, so that one cut short is never taken for the whole.
            let part = folder.with_extension("part");
            let _ = fs::remove_dir_all(&part); // of an earlier attempt, if there was one
            let options = SampleOptions::default();
            let made = create_sample_library(&part, &options, &mut |done, total| {
                handle.progress(done as u64, total as u64);
                !handle.cancel().load(Ordering::Relaxed)
            })
            .map_err(|error| error.to_string())
            .and_then(|_| {
                let told = |error: io::Error| format!("{}: {error}", folder.display());
                fs::rename(&part, &folder).map_err(told)
            });
            match made {
                Ok(()) => handle.event(Event::SampleMade(folder)),
                Err(error) => handle.event(Event::Notice(NoticeLevel::Error, error)),
            }
        });
    }

    /// Classifies these images, or else all that the model in use has not classified.
    pub(super) fn start_classification(&mut self, images: Option<Vec<ImageId>>) {
        let Some(open) = &self.open else { return };
        let (library, cache) = (Arc::clone(&open.library), Arc::clone(&open.cache));
        let model_name = open.model_name.clone();
        let workers = self.settings().classify_worker_count();
        let is_again = images.is_some(); // a few, of which nobody needs to be told
        self.start(TaskKind::Classify, "Classifying", move |handle| {
            let run = || -> Result<(Ended, f64), String> {
                let model =
                    find_model(Some(&library), &model_name).map_err(|error| error.to_string())?;
                let backbone = backbone_for(&model)?;
                let images = match images {
                    Some(images) => images,
                    None => library
                        .images_to_classify(model.sha256())
                        .map_err(|error| error.to_string())?,
                };
                let total = images.len() as u64;
                let (mut done, mut failed, mut outdated) = (0, 0, 0);
                let started = Instant::now();
                let work = LibraryWork {
                    library: &library,
                    cache: &cache,
                    backbone: &backbone,
                    model: &model,
                    options: PipelineOptions { workers, ..PipelineOptions::default() },
                };
                let images = match is_again {
                    true => images,
                    // After a retraining, most are known already.
                    false => rescore_library(images, &work, handle.cancel(), &mut |image, _| {
                        handle.rest_while_paused();
                        done += 1;
                        handle.event(Event::Classified(image));
                        handle.progress(done, total);
                    })
                    .map_err(|error| error.to_string())?,
                };
                classify_library(&images, &work, handle.cancel(), &mut |file| {
                    handle.rest_while_paused();
                    let image = images[file.index];
                    if file.is_outdated {
                        outdated += 1;
                        handle.event(Event::Outdated(image));
                    } else {
                        *if file.scores.is_ok() { &mut done } else { &mut failed } += 1;
                        handle.event(Event::Classified(image));
                    }
                    handle.progress(done + failed + outdated, total);
                })
                .map_err(|error| error.to_string())?;
                let seconds = started.elapsed().as_secs_f64();
                let is_cancelled = handle.cancel().load(Ordering::Relaxed);
                let is_stopped = is_cancelled && done + failed + outdated < total;
                if !is_again {
                    find_near_duplicates(&library, &cache, &backbone, handle.cancel())
                        .map_err(|error| error.to_string())?;
                }
                Ok((Ended { total, done, failed, is_stopped }, seconds))
            };
            handle.event(match run() {
                Ok((Ended { failed: 0, is_stopped: false, .. }, _)) if is_again => return,
                // All were chosen otherwise meanwhile: it goes on.
                Ok((Ended { done: 0, failed: 0, is_stopped: false, .. }, _)) => return,
                Ok((ended, seconds)) => {
                    let (level, text) = ended.told_of_classifying(seconds);
                    Event::Notice(level, text)
                }
                Err(error) => Event::Notice(NoticeLevel::Error, error),
            });
        });
    }

    pub(super) fn start_export(&mut self, out: PathBuf) {
        let Some(open) = &self.open else { return };
        let library = Arc::clone(&open.library);
        let (model_name, images) = (open.model_name.clone(), open.image_ids.clone());
        self.start(TaskKind::Export, "Exporting HDF5", move |handle| {
            let run = || -> Result<(Ended, Option<String>), String> {
                let model =
                    find_model(Some(&library), &model_name).map_err(|error| error.to_string())?;
                let backbone = backbone_for(&model)?;
                let items: Vec<ExportItem> = images
                    .iter()
                    .take_while(|_| !handle.cancel().load(Ordering::Relaxed))
                    .map(|image| {
                        let file = file_of(&library, *image).map_err(|error| error.to_string())?;
                        Ok(ExportItem { file, image: Some(*image) })
                    })
                    .collect::<Result<_, String>>()?;
                let export = ExportHdf5 {
                    out: &out,
                    library: Some(&library),
                    model: &model,
                    backbone: &backbone,
                    options: PipelineOptions::default(),
                };
                let (mut done, mut failed, mut first_problem) = (0, 0, None);
                export_hdf5(&items, &export, handle.cancel(), &mut |file| {
                    match file.outcome {
                        Ok(_) => done += 1,
                        Err(error) => {
                            failed += 1;
                            first_problem
                                .get_or_insert_with(|| format!("{error}: {}", file.path.display()));
                        }
                    }
                    handle.progress(done + failed, items.len() as u64);
                })?;
                let total = images.len() as u64;
                let is_cancelled = handle.cancel().load(Ordering::Relaxed);
                let is_stopped = is_cancelled && done + failed < total;
                Ok((Ended { total, done, failed, is_stopped }, first_problem))
            };
            handle.event(match run() {
                Ok((ended, first_problem)) => {
                    let (level, text) = ended.told_of_export(&out, first_problem.as_deref());
                    Event::Notice(level, text)
                }
                Err(error) => Event::Notice(NoticeLevel::Error, error),
            });
        });
    }

    /// Checks a model and classifies with it from then on.
    pub(super) fn start_using(&mut self, name: String) {
        let Some(open) = &self.open else { return };
        let library = Arc::clone(&open.library);
        // Nothing is classified with the old one meanwhile.
        self.start(TaskKind::Classify, "Taking the model into use", move |handle| {
            handle.event(match use_model(&library, &name) {
                Ok((_, name)) => Event::ModelUsed(name),
                Err(error) => Event::Notice(NoticeLevel::Error, error.to_string()),
            });
        });
    }
}
