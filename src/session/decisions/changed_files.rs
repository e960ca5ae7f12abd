//! A decision is about the pictures that were on screen: files that have changed since are left out.

use super::{Asked, Changed, Decided, Decider};
use crate::catalog::{CatalogError, ImageId, ImageSet};
use crate::session::NoticeLevel;
use crate::session::notice::Told;

impl Decider {
    /// Takes the images out of the decision whose files are no longer what was shown, says so, and has
    /// them shown as they are now. True where nothing is left to decide.
    pub(super) fn leave_changed_files_out(
        &self,
        asked: &mut Asked,
        decided: &mut Decided,
    ) -> Result<bool, CatalogError> {
        let seen = asked.terms.seen;
        let Some(images) = asked.decision.pictures() else { return Ok(false) };
        self.library.look_at(images)?;
        let (all_changed, now) = self.library.changed_since(seen)?;
        let changed: ImageSet = all_changed.iter().copied().collect();
        let (old, current): (Vec<ImageId>, Vec<ImageId>) =
            images.iter().partition(|image| changed.contains(**image));
        if old.is_empty() {
            return Ok(false);
        }
        *images = current;
        let is_all = images.is_empty();
        let text = match (is_all, old.len()) {
            (true, 1) => "The file has changed since it was shown: look at the new picture, then \
                          decide again"
                .to_owned(),
            (false, 1) => {
                "One file has changed since it was shown and was left out: look at the new \
                           picture, then decide again"
                    .to_owned()
            }
            (_, count) => format!(
                "{count} files have changed since they were shown and were left out: look at the new \
                 pictures, then decide again"
            ),
        };
        decided.told.push(Told::new(NoticeLevel::Warning, format!("{text}{}", self.name_of(&old))));
        decided.is_failed = is_all;
        decided.stale_images.extend(all_changed);
        decided.seen = Some(now);
        decided.failed.extend(&old);
        if is_all {
            decided.changed = Changed::These(old);
        }
        Ok(is_all)
    }
}
