//! Which thumbnails to ask for: those on screen in any case, others only within the budget, so that
//! loading comes to rest also where the budget is small.

use std::ops::Range;

use egui::Context;

use crate::catalog::ImageId;
use crate::gui::thumbnail_textures::ThumbnailTextures;
use crate::ops::{THUMBNAIL_SIZE_PX, ThumbnailKey};

/// What is on screen.
pub(super) struct OnScreen<'a> {
    /// All images of the list.
    pub(super) images: &'a [ImageId],
    /// Positions of those on screen.
    pub(super) visible: Range<usize>,
    /// So many before and behind them are loaded too.
    pub(super) ahead: usize,
    /// Longest side of the thumbnails that suit the cells, in pixels.
    pub(super) size_px: u32,
}

/// The thumbnails that are missing: the visible ones first, then the next, then, if `has_sharper`,
/// sharper ones that have to be made of the files.
pub(super) fn missing(
    context: &Context,
    thumbnails: &mut ThumbnailTextures,
    on_screen: &OnScreen<'_>,
    has_sharper: bool,
) -> Vec<ThumbnailKey> {
    let OnScreen { images, visible, ahead, size_px } = on_screen;
    let size_px = *size_px;
    let base_px = size_px.min(THUMBNAIL_SIZE_PX);
    // Beneath a sharper one nobody sees the base.
    let has_base = |thumbnails: &mut ThumbnailTextures, image: ImageId| {
        size_px > base_px && thumbnails.is_covered(image, base_px, size_px)
            || thumbnails.is_there(context, ThumbnailKey { image, size_px: base_px })
    };
    let mut wanted = Vec::new();
    let mut reserved_bytes = 0;
    for image in images.get(visible.clone()).unwrap_or_default() {
        if !has_base(thumbnails, *image) {
            wanted.push(ThumbnailKey { image: *image, size_px: base_px });
            reserved_bytes += most_bytes(base_px);
        }
    }
    let mut sharper = Vec::new();
    if size_px > base_px {
        for image in images.get(visible.clone()).unwrap_or_default() {
            let key = ThumbnailKey { image: *image, size_px };
            if !thumbnails.is_there(context, key) {
                sharper.push(key);
                reserved_bytes += most_bytes(size_px);
            }
        }
    }
    let end = (visible.end + ahead).min(images.len());
    let before = visible.start.saturating_sub(*ahead)..visible.start;
    for position in (visible.end..end).chain(before) {
        // What is there is not kept either where there is no room: it would drive out what is seen
        // next.
        if thumbnails.room_bytes() < reserved_bytes + most_bytes(base_px) {
            break;
        }
        let Some(image) = images.get(position).copied() else { break };
        if !has_base(thumbnails, image) {
            wanted.push(ThumbnailKey { image, size_px: base_px });
            reserved_bytes += most_bytes(base_px);
        }
    }
    if has_sharper {
        wanted.extend(sharper);
    }
    wanted
}

/// What a thumbnail takes on the graphics card at most.
fn most_bytes(size_px: u32) -> usize {
    (size_px * size_px * 4) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::thumbnail_textures::Picture;
    use crate::ops::Thumbnail;

    fn thumbnail(size_px: u32) -> Thumbnail {
        let rgb = vec![0; (size_px * size_px * 3) as usize];
        Thumbnail { width_px: size_px, height_px: size_px, rgb }
    }

    /// Draws frame after frame; what is asked for comes with the next one. How many thumbnails were
    /// asked for, and whether none was in the last of the frames.
    fn load(thumbnails: &mut ThumbnailTextures, on_screen: &OnScreen<'_>) -> (usize, bool) {
        let context = Context::default();
        let (mut asked_count, mut is_at_rest) = (0, false);
        for _ in 0..100 {
            thumbnails.next_frame(&context);
            let wanted = missing(&context, thumbnails, on_screen, true);
            for image in &on_screen.images[on_screen.visible.clone()] {
                thumbnails.at_size(*image, on_screen.size_px);
            }
            is_at_rest = wanted.is_empty();
            asked_count += wanted.len();
            for key in wanted {
                // One is broken.
                let loaded = match key.image.0 {
                    21 => Err("cut off".to_owned()),
                    _ => Ok(thumbnail(key.size_px)),
                };
                thumbnails.insert(key, loaded);
            }
        }
        (asked_count, is_at_rest)
    }

    fn shown_width(thumbnails: &mut ThumbnailTextures, image: ImageId, size_px: u32) -> usize {
        match thumbnails.at_size(image, size_px) {
            Some(Picture::Texture(texture)) => texture.size()[0],
            _ => 0,
        }
    }

    #[test]
    fn loading_comes_to_rest_where_the_budget_is_less_than_what_is_on_screen() {
        let images: Vec<ImageId> = (0..100).map(ImageId).collect();
        for size_px in [80, THUMBNAIL_SIZE_PX, 640] {
            let mut thumbnails = ThumbnailTextures::default();
            thumbnails.set_budget_mb(1);
            for visible in [0..12, 20..32, 4..16] {
                let on_screen =
                    OnScreen { images: &images, visible: visible.clone(), ahead: 12, size_px };
                let (asked_count, is_at_rest) = load(&mut thumbnails, &on_screen);
                assert!(is_at_rest, "{size_px} px at {visible:?}");
                assert!(asked_count <= 48, "{asked_count} at {size_px} px at {visible:?}");
                for image in images[visible].iter().filter(|image| image.0 != 21) {
                    let width = shown_width(&mut thumbnails, *image, size_px);
                    assert_eq!(width, size_px as usize, "{image:?}");
                }
            }
        }
    }

    #[test]
    fn rows_ahead_are_loaded_as_far_as_there_is_room() {
        let images: Vec<ImageId> = (30..130).map(ImageId).collect();
        for (budget_mb, expected) in [(1, 4), (64, 4 + 12 + 8)] {
            let mut thumbnails = ThumbnailTextures::default();
            thumbnails.set_budget_mb(budget_mb);
            let on_screen = OnScreen { images: &images, visible: 8..12, ahead: 12, size_px: 320 };
            assert_eq!(load(&mut thumbnails, &on_screen), (expected, true), "{budget_mb} MB");
        }
    }

    #[test]
    fn the_base_is_not_asked_for_beneath_a_sharper_one() {
        let (context, images) = (Context::default(), [ImageId(1), ImageId(2)]);
        let mut thumbnails = ThumbnailTextures::default();
        let on_screen = OnScreen { images: &images, visible: 0..2, ahead: 4, size_px: 640 };
        let key = |image: u32, size_px| ThumbnailKey { image: ImageId(image), size_px };
        thumbnails.insert(key(1, 640), Ok(thumbnail(640)));
        assert!(thumbnails.is_there(&context, key(1, 640)));
        thumbnails.insert(key(2, 80), Ok(thumbnail(80)));
        thumbnails.next_frame(&context);
        let wanted = missing(&context, &mut thumbnails, &on_screen, false);
        assert_eq!(wanted, [key(2, 320)]);
        let wanted = missing(&context, &mut thumbnails, &on_screen, true);
        assert_eq!(wanted, [key(2, 320), key(2, 640)]);
    }
}
