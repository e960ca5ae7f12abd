//! What the ten categories look like, one file each, and within it one function a subcategory.
//!
//! A scene takes its *sample's* properties (density, size, contrast) from `sample`, which is the
//! same for all images of a session, and the arrangement of this *place* from `place`, which is
//! the same for all magnifications of a zoom series. A scene must ask its dice the same
//! questions whatever the magnification.

mod biological;
mod fibres;
mod films;
mod mems;
mod nanowire_scatter;
mod nanowires;
mod particle_scatter;
mod particles;
mod patterned;
mod porous;
mod powder;
mod tips;

use super::dice::Dice;
use super::relief::Relief;

/// A picture being drawn.
pub struct Scene {
    pub relief: Relief,
    /// Typical size of the objects: wire diameter, grain size, finger width …
    pub feature_nm: f32,
    pub sample: Dice,
    pub place: Dice,
}

impl Scene {
    /// A point anywhere in the widest picture; `margin` is the share beyond its edge, or, if
    /// negative, kept free inside it.
    pub fn anywhere(&mut self, margin: f32) -> (f32, f32) {
        let (half_width, half_height) = self.half_field_nm();
        let x = self.place.range(-1.0, 1.0) * half_width * (1.0 + margin);
        let y = self.place.range(-1.0, 1.0) * half_height * (1.0 + margin);
        (x, y)
    }

    /// Half the width and height of the widest picture.
    pub fn half_field_nm(&self) -> (f32, f32) {
        let view = self.relief.view;
        (view.half_width_nm(), view.half_height_nm())
    }

    /// How many objects of a diameter cover the widest picture `coverage` times.
    pub fn number_to_cover(&self, diameter_nm: f32, coverage: f32) -> usize {
        let (half_width, half_height) = self.half_field_nm();
        let field = 4.0 * half_width * half_height;
        (coverage * field / (0.785 * diameter_nm * diameter_nm)) as usize
    }
}

/// One kind of picture within a category.
pub struct Subcategory {
    pub name: &'static str,
    /// Range of the typical object's size.
    pub feature_nm: (f32, f32),
    /// Range of how many such sizes the picture is wide.
    pub features_across: (f32, f32),
    pub draw: fn(&mut Scene),
    /// A category seen in the same picture, and how often a session has it.
    pub guest: Option<Guest>,
}

/// Something of another category that lies on the specimen.
pub struct Guest {
    pub category: &'static str,
    pub probability: f32,
    pub draw: fn(&mut Scene),
}

const CATEGORIES: [&str; 10] = [
    "Biological",
    "Fibres",
    "Films_Coated_Surface",
    "MEMS_devices_and_electrodes",
    "Nanowires",
    "Particles",
    "Patterned_surface",
    "Porous_Sponge",
    "Powder",
    "Tips",
];

/// The names of the categories, which are also the names of the folders.
pub fn categories() -> &'static [&'static str] {
    &CATEGORIES
}

/// The kinds of picture of a category, by its place in [`categories`].
pub fn subcategories(category_index: usize) -> &'static [Subcategory] {
    const TABLES: [&[Subcategory]; CATEGORIES.len()] = [
        biological::SUBCATEGORIES,
        fibres::SUBCATEGORIES,
        films::SUBCATEGORIES,
        mems::SUBCATEGORIES,
        nanowires::SUBCATEGORIES,
        particles::SUBCATEGORIES,
        patterned::SUBCATEGORIES,
        porous::SUBCATEGORIES,
        powder::SUBCATEGORIES,
        tips::SUBCATEGORIES,
    ];
    TABLES[category_index]
}
