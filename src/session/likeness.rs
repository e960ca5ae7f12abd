//! Images like one, and images in groups: looked for in the background, then listed.

use std::sync::Arc;

use super::background::Event;
use super::{NoticeLevel, Session};
use crate::catalog::{Filter, Group, ImageId, ImageSet, Listed, View};
use crate::ops::{LikeImage, LikenessError, group_by_likeness, more_like};

/// Images listed as like one.
const MOST_LIKE: usize = 200;

/// Images that were looked for.
pub(super) struct Found {
    listed: Listed,
    /// How much somebody had been at work when they were asked for.
    work_count: u64,
}

impl Session {
    /// Images that were looked for last.
    pub fn listed(&self) -> Option<&Listed> {
        self.open.as_ref()?.listed.as_ref()
    }

    /// How many images show nearly the same as this one.
    pub fn near_duplicate_count(&self, image: ImageId) -> u64 {
        self.details(image).near_duplicate_count
    }

    /// Lists the current image with those that show nearly the same.
    pub(super) fn show_near_duplicates(&mut self) {
        let (Some(open), Some(image)) = (&self.open, self.current_image()) else { return };
        match open.library.near_duplicates_of(image) {
            Ok(images) => {
                let title = format!("Nearly {}", self.name_of(image));
                let listed = Listed { title, images: images.into(), groups: Arc::default() };
                if let Some(open) = &mut self.open {
                    open.listed = Some(listed.clone());
                }
                self.show_grid();
                self.change_view(|view| view.filter = Filter::Listed(listed.clone()));
            }
            Err(error) => self.notify_error(&error),
        }
    }

    /// Shows what was looked for, if all that is selected can stay so, or if nobody has gone on with
    /// anything since it was asked for: a key that is being pressed is about what is selected.
    /// Otherwise the list waits in the left panel.
    pub(super) fn offer_list(&mut self, Found { listed, work_count }: Found) {
        let is_awaited = work_count == self.work_count;
        let selected = self.selected_images();
        let Some(open) = &mut self.open else { return };
        open.listed = Some(listed.clone());
        let found: ImageSet = listed.images.iter().copied().collect();
        if !selected.is_empty() && selected.iter().all(|image| found.contains(*image)) {
            self.show_grid();
            self.offer_view(|view| view.filter = Filter::Listed(listed.clone()));
        } else if is_awaited {
            self.show_grid();
            self.start_view(|view| view.filter = Filter::Listed(listed.clone()));
        } else {
            let text = format!("“{}” is found: see the left panel", listed.title);
            self.notify(NoticeLevel::Info, text);
        }
    }

    fn name_of(&self, image: ImageId) -> String {
        let name = self.row(image).and_then(|row| Some(row.relative_path.file_name()?.to_owned()));
        name.unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Lists the images most like the current one, that one first.
    pub(super) fn start_similar(&mut self) {
        let Some(image) = self.current_image() else { return };
        let name = self.name_of(image);
        let work_count = self.work_count;
        self.start_looking("Looking for images alike", move |looking| {
            let found = more_like(
                looking.library,
                looking.cache,
                looking.backbone,
                image,
                MOST_LIKE,
                looking.handle.cancel(),
            )?;
            let images = [image].into_iter().chain(found.iter().map(|like| like.image));
            let title = format!("Like {name}");
            let listed = Listed { title, images: images.collect(), groups: Arc::default() };
            Ok::<_, LikenessError>(Some(Event::Found(Found { listed, work_count })))
        });
    }

    /// Lists the images without a label, group by group of like ones.
    pub(super) fn start_groups(&mut self) {
        let work_count = self.work_count;
        self.start_looking("Grouping images", move |looking| {
            let view = View { filter: Filter::Unlabelled, ..View::default() };
            let groups = group_by_likeness(
                looking.library,
                looking.cache,
                looking.backbone,
                &view,
                None,
                looking.handle.cancel(),
            )?;
            let many = if groups.len() == 1 { "group" } else { "groups" };
            let listed = Listed {
                title: format!("{} {many} of like images", groups.len()),
                images: groups.iter().flatten().map(|LikeImage { image, .. }| *image).collect(),
                groups: headers(&groups).into(),
            };
            Ok::<_, LikenessError>(Some(Event::Found(Found { listed, work_count })))
        });
    }
}

/// A header for each group; an image that is like no other has one too.
fn headers(groups: &[Vec<LikeImage>]) -> Vec<Group> {
    let mut first = 0;
    let header = |group: &Vec<LikeImage>| {
        let title = match group.len() {
            1 => "Like no other".to_owned(),
            images => format!("{images} alike"),
        };
        let header = Group { title, first };
        first += group.len();
        header
    };
    groups.iter().map(header).collect()
}
