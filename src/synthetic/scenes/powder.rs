//! Powders: heaps of grains without order, the ground hardly to be seen.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Scene, Subcategory};

/// The kinds of picture of this category. Zoomed in, a powder looks like particles.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "angular_grains",
        feature_nm: (3_000.0, 60_000.0),
        features_across: (24.0, 60.0),
        draw: angular_grains,
        guest: None,
    },
    Subcategory {
        name: "rounded_grains",
        feature_nm: (1_500.0, 40_000.0),
        features_across: (24.0, 60.0),
        draw: rounded_grains,
        guest: None,
    },
    Subcategory {
        name: "flakes",
        feature_nm: (2_000.0, 30_000.0),
        features_across: (18.0, 40.0),
        draw: flakes,
        guest: None,
    },
    Subcategory {
        name: "lumps_of_fines",
        feature_nm: (1_000.0, 8_000.0),
        features_across: (50.0, 90.0),
        draw: lumps_of_fines,
        guest: None,
    },
];

fn angular_grains(scene: &mut Scene) {
    let size = scene.feature_nm;
    let spread = scene.sample.range(0.2, 0.55);
    heap(scene, 2.2, |scene, place_on_heap, level| {
        let radius = size * 0.75 * (1.0 + spread * scene.place.bell()).clamp(0.2, 2.2);
        let num_faces = scene.place.count(9, 15);
        let electron_yield = scene.place.range(0.45, 0.65) + 0.2 * level;
        scene.relief.grain(place_on_heap, radius, num_faces, &mut scene.place, electron_yield);
    });
    scene.relief.roughen(&mut scene.place, size * 0.12, size * 0.012);
}

fn rounded_grains(scene: &mut Scene) {
    let size = scene.feature_nm;
    let spread = scene.sample.range(0.05, 0.5);
    let elongation = scene.sample.range(1.0, 1.6);
    let rough = scene.sample.range(0.005, 0.04);
    heap(scene, 2.0, |scene, place_on_heap, level| {
        let radius = size * 0.5 * (1.0 + spread * scene.place.bell()).clamp(0.2, 2.2);
        let angle = scene.place.angle();
        let electron_yield = 0.45 + 0.3 * level;
        let half_axes = [radius * scene.place.range(1.0, elongation), radius, radius];
        scene.relief.ellipsoid(place_on_heap, half_axes, angle, electron_yield);
    });
    scene.relief.roughen(&mut scene.place, size * 0.15, size * rough);
}

fn flakes(scene: &mut Scene) {
    let size = scene.feature_nm;
    let slimness = scene.sample.range(0.5, 0.95);
    heap(scene, 2.4, |scene, middle, level| {
        let half_length = size * 0.6 * scene.place.log_range(0.5, 1.6);
        let half_width = half_length * slimness;
        let angle = scene.place.angle();
        let (slope_x, slope_y) = (0.45 * scene.place.bell(), 0.45 * scene.place.bell());
        let (sin, cos) = angle.sin_cos();
        let cut = scene.place.range(1.05, 1.5);
        let electron_yield = scene.place.range(0.45, 0.65) + 0.2 * level;
        let bounds = super::super::relief::Bounds::around(middle.x, middle.y, half_length * 1.3);
        scene.relief.stamp(bounds, |x, y| {
            let (dx, dy) = (x - middle.x, y - middle.y);
            let u = (dx * cos + dy * sin) / half_length;
            let v = (dy * cos - dx * sin) / half_width;
            // A six-sided plate: a rectangle with its corners cut.
            let inside = u.abs() < 1.0 && v.abs() < 0.87 && u.abs() + v.abs() < cut;
            inside.then_some((middle.z + slope_x * dx + slope_y * dy, electron_yield))
        });
    });
    scene.relief.roughen(&mut scene.place, size * 0.1, size * 0.006);
}

/// Soft lumps made of very fine grains, on the tape that holds them.
fn lumps_of_fines(scene: &mut Scene) {
    let grain = scene.feature_nm;
    let lump = grain * scene.sample.range(9.0, 20.0);
    let filled = scene.sample.range(0.0, 0.6);
    let tape = scene.sample.range(0.08, 0.22);
    let lumps = Texture::hills(&mut scene.place, lump * 2.2, 2);
    scene.relief.depth_nm = lump * 0.3;
    scene.relief.lay_ground(|_, _| (-lump * 0.3, tape));
    let num_grains = scene.number_to_cover(grain, 3.0).min(9_000);
    for _ in 0..num_grains {
        let (x, y) = scene.anywhere(0.02);
        let radius = grain * 0.5 * scene.place.log_range(0.4, 1.7);
        let mound = lumps.at(x, y) + filled;
        let stray = scene.place.chance(0.02);
        let lift = scene.place.unit() * grain;
        let num_faces = scene.place.count(7, 10);
        if mound > 0.0 || stray {
            let centre = Point::new(x, y, mound.max(0.0).sqrt() * lump * 0.8 + lift);
            scene.relief.grain(centre, radius * 1.4, num_faces, &mut scene.place, 0.75);
        }
    }
}

/// Puts bodies in random places, each on a random level of an uneven heap.
fn heap(scene: &mut Scene, coverage: f32, mut put: impl FnMut(&mut Scene, Point, f32)) {
    let size = scene.feature_nm;
    let hills = Texture::hills(&mut scene.place, size * 9.0, 2);
    let density = scene.sample.range(0.9, 1.4);
    let depth = size * 2.5;
    scene.relief.depth_nm = size * 1.2;
    scene.relief.lay_ground(|_, _| (-size, 0.08));
    let num_bodies = scene.number_to_cover(size, coverage * density).min(6_000);
    for index in 0..num_bodies {
        // From the bottom up, so that the later ones lie on top.
        let level = index as f32 / num_bodies as f32;
        let (x, y) = scene.anywhere(0.05);
        let z = level * depth + 2.0 * size * hills.at(x, y);
        put(scene, Point::new(x, y, z), level);
    }
}
