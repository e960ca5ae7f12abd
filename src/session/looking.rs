//! What is looked for in the background with the features of the model in use.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::background::{Event, backbone_for};
use super::{NoticeLevel, Session, TaskKind};
use crate::cache::Cache;
use crate::catalog::Library;
use crate::classifier::Backbone;
use crate::jobs::TaskHandle;
use crate::ops::find_model;

/// What looking works with.
pub(super) struct Looking<'a> {
    pub(super) library: &'a Library,
    pub(super) cache: &'a Cache,
    pub(super) backbone: &'a Backbone,
    pub(super) handle: &'a TaskHandle<Event>,
}

impl Session {
    /// Starts it; what was found is told, unless it was cancelled.
    pub(super) fn start_looking<E: Display>(
        &mut self,
        name: &'static str,
        look: impl FnOnce(&Looking<'_>) -> Result<Option<Event>, E> + Send + 'static,
    ) {
        let Some(open) = &self.open else { return };
        let (library, cache) = (Arc::clone(&open.library), Arc::clone(&open.cache));
        let model_name = open.model_name.clone();
        self.start(TaskKind::Search, name, move |handle| {
            let run = || -> Result<Option<Event>, String> {
                let model =
                    find_model(Some(&library), &model_name).map_err(|error| error.to_string())?;
                let backbone = backbone_for(&model)?;
                let looking =
                    Looking { library: &library, cache: &cache, backbone: &backbone, handle };
                look(&looking).map_err(|error| error.to_string())
            };
            let found = run();
            if handle.cancel().load(Ordering::Relaxed) {
                return;
            }
            let refused = |error| Some(Event::Notice(NoticeLevel::Warning, error));
            if let Some(event) = found.unwrap_or_else(refused) {
                handle.event(event);
            }
        });
    }
}
