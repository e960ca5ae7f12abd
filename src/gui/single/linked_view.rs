//! One zoom for several images: by their size, or by the size of what they show.

use egui::{Pos2, Rect, Vec2};

use super::placement::{GREATEST_ZOOM, Placement, fit_scale};

/// An image that is shown beside others.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkedImage {
    /// The part of the screen that is for it, in points.
    pub view: Rect,
    /// Columns and rows.
    pub size: Vec2,
    /// Size of a pixel on the sample.
    pub pixel_nm: Option<f32>,
}

/// How the common zoom becomes that of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// Points an image pixel where nothing is enlarged.
    points_per_px: f32,
    /// Pixels of the image for one of the common centre's units.
    unit_px: Vec2,
}

/// What is seen of several images.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkedView {
    /// 1 shows all images whole.
    magnification: f32,
    /// How far the middle of the view is from that of each image: in shares of its size, or in nm.
    center: Vec2,
}

impl Default for LinkedView {
    fn default() -> Self {
        Self { magnification: 1.0, center: Vec2::ZERO }
    }
}

/// Whether all images can be shown at the same scale of the sample.
pub(super) fn is_scale_known(images: &[LinkedImage]) -> bool {
    images.iter().all(|image| image.pixel_nm.is_some_and(|pixel_nm| pixel_nm > 0.0))
}

/// How the common zoom becomes that of each image; at the same scale of the sample where that is
/// wanted and known.
pub(super) fn links(images: &[LinkedImage], is_same_scale: bool) -> Vec<Link> {
    let fit = |image: &LinkedImage| fit_scale(image.view, image.size);
    let points_per_nm = |image: &LinkedImage| Some(fit(image) / image.pixel_nm?);
    let is_same_scale = is_same_scale && is_scale_known(images);
    // The image that shows most of the sample just fits.
    let least = images.iter().filter_map(points_per_nm).fold(f32::INFINITY, f32::min);
    let link = |image: &LinkedImage| match image.pixel_nm.filter(|_| is_same_scale) {
        Some(pixel_nm) => {
            Link { points_per_px: least * pixel_nm, unit_px: Vec2::splat(1.0 / pixel_nm) }
        }
        None => Link { points_per_px: fit(image), unit_px: image.size },
    };
    images.iter().map(link).collect()
}

impl LinkedView {
    /// Where one of the images lies.
    pub(super) fn placement(
        &self,
        image: &LinkedImage,
        link: Link,
        pixels_per_point: f32,
    ) -> Placement {
        let center = (image.size / 2.0 + self.center * link.unit_px).to_pos2();
        let scale = link.points_per_px * self.magnification;
        Placement::new(image.view, image.size, center, scale, pixels_per_point)
    }

    /// Moves all images, of which the one with this link by so many points.
    pub(super) fn pan(&mut self, by: Vec2, link: Link, all: &[(LinkedImage, Link)]) {
        self.center -= by / (link.points_per_px * self.magnification) / link.unit_px;
        self.keep_within(all);
    }

    /// Enlarges all images by `factor`; the point under the pointer stays there in its image.
    pub(super) fn enlarge(
        &mut self,
        factor: f32,
        pointer: Pos2,
        (image, link): (&LinkedImage, Link),
        all: &[(LinkedImage, Link)],
        pixels_per_point: f32,
    ) {
        let before = link.points_per_px * self.magnification;
        let most = GREATEST_ZOOM / pixels_per_point / link.points_per_px;
        self.magnification = (self.magnification * factor).clamp(1.0, most.max(1.0));
        let after = link.points_per_px * self.magnification;
        let offset = pointer - image.view.center();
        self.center += (offset / before - offset / after) / link.unit_px;
        self.keep_within(all);
    }

    /// Not beyond the edge of the largest image, and whole images in the middle.
    fn keep_within(&mut self, all: &[(LinkedImage, Link)]) {
        let half = |(image, link): &(LinkedImage, Link)| image.size / 2.0 / link.unit_px;
        let most = match self.magnification {
            ..=1.0 => Vec2::ZERO,
            _ => all.iter().map(half).fold(Vec2::ZERO, Vec2::max),
        };
        self.center = self.center.clamp(-most, most);
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    fn image(size: Vec2, pixel_nm: Option<f32>) -> LinkedImage {
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 200.0));
        LinkedImage { view, size, pixel_nm }
    }

    fn linked(images: [LinkedImage; 2], is_same_scale: bool) -> Vec<(LinkedImage, Link)> {
        images.into_iter().zip(links(&images, is_same_scale)).collect()
    }

    #[test]
    fn images_of_other_sizes_show_the_same_part_of_themselves() {
        let images = [image(vec2(400.0, 400.0), None), image(vec2(100.0, 100.0), Some(5.0))];
        let all = linked(images, true); // not all scales are known
        let mut view = LinkedView::default();
        view.enlarge(2.0, pos2(200.0, 100.0), (&all[0].0, all[0].1), &all, 1.0);
        let middle = |(image, link): &(LinkedImage, Link)| {
            let placement = view.placement(image, *link, 1.0);
            placement.image_from_screen(pos2(100.0, 100.0)).to_vec2() / image.size
        };
        assert_eq!([middle(&all[0]), middle(&all[1])], [vec2(0.75, 0.5); 2]);
    }

    #[test]
    fn at_the_same_scale_a_length_is_as_long_in_each_image() {
        let images = [image(vec2(400.0, 400.0), Some(10.0)), image(vec2(400.0, 400.0), Some(2.5))];
        assert!(is_scale_known(&images));
        let all = linked(images, true);
        let view = LinkedView { magnification: 3.0, center: Vec2::ZERO };
        let points_per_nm = |(image, link): &(LinkedImage, Link)| {
            let placement = view.placement(image, *link, 1.0);
            placement.points_per_px() / image.pixel_nm.unwrap_or(1.0)
        };
        assert!((points_per_nm(&all[0]) - points_per_nm(&all[1])).abs() < 1e-5);
        assert!((all[0].1.points_per_px - 0.5).abs() < 1e-6, "the larger field just fits");
    }

    #[test]
    fn whole_images_stay_in_the_middle() {
        let all = linked([image(vec2(400.0, 400.0), None); 2], false);
        let mut view = LinkedView::default();
        view.pan(vec2(50.0, 0.0), all[0].1, &all);
        assert_eq!(view.center, Vec2::ZERO);
        view.enlarge(2.0, pos2(100.0, 100.0), (&all[0].0, all[0].1), &all, 1.0);
        view.pan(vec2(-5000.0, 40.0), all[0].1, &all);
        assert_eq!(view.center, vec2(0.5, -0.1));
    }
}
