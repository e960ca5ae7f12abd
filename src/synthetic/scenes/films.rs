//! Films and coated surfaces: nearly flat, with grains, cracks, terraces or a cut edge.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Guest, Scene, Subcategory, particle_scatter};

const PARTICLES: Option<Guest> = Some(Guest {
    category: "Particles",
    probability: 0.3,
    draw: particle_scatter::over_everything,
});

/// The kinds of picture of this category.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "fine_grained",
        feature_nm: (30.0, 300.0),
        features_across: (18.0, 70.0),
        draw: fine_grained,
        guest: PARTICLES,
    },
    Subcategory {
        name: "cracked",
        feature_nm: (2_000.0, 30_000.0),
        features_across: (4.0, 14.0),
        draw: cracked,
        guest: None,
    },
    Subcategory {
        name: "terraces",
        feature_nm: (200.0, 2_000.0),
        features_across: (6.0, 20.0),
        draw: terraces,
        guest: None,
    },
    Subcategory {
        name: "cross_section",
        feature_nm: (150.0, 3_000.0),
        features_across: (4.0, 9.0),
        draw: cross_section,
        guest: None,
    },
    Subcategory {
        name: "smooth_with_pinholes",
        feature_nm: (50.0, 500.0),
        features_across: (40.0, 120.0),
        draw: smooth_with_pinholes,
        guest: None,
    },
];

fn fine_grained(scene: &mut Scene) {
    let grain = scene.feature_nm;
    let doming = grain * scene.sample.range(0.08, 0.35);
    let contrast = scene.sample.range(0.0, 0.25);
    // The same dice twice, so that borders and values belong to the same grains.
    let grain_seed = scene.place.bits();
    let borders = Texture::cell_borders(&mut same_dice(grain_seed), grain);
    let values = Texture::cell_values(&mut same_dice(grain_seed), grain);
    scene.relief.depth_nm = grain * 0.4;
    scene.relief.lay_ground(|x, y| {
        let value = values.at(x, y);
        let rise = (borders.border_distance(x, y) * 3.0).min(1.0);
        (doming * (rise * (2.0 - rise) + 0.5 * value), 0.6 + contrast * value)
    });
    scene.relief.roughen(&mut scene.place, grain * 0.15, grain * 0.015);
}

fn cracked(scene: &mut Scene) {
    let plate = scene.feature_nm;
    let crack_share = scene.sample.range(0.015, 0.07);
    let curl = plate * scene.sample.range(0.0, 0.07);
    let grain = plate * scene.sample.range(0.01, 0.03);
    let borders = Texture::cell_borders(&mut scene.place, plate);
    let warp = Texture::hills(&mut scene.place, plate * 0.6, 3);
    scene.relief.depth_nm = plate * 0.15;
    scene.relief.lay_ground(|x, y| {
        // Real cracks wander; straight cell borders would give themselves away.
        let shift = plate * 0.12 * warp.at(x, y);
        let distance = borders.border_distance(x + shift, y - shift);
        let inside = distance - crack_share;
        if inside < 0.0 {
            (-plate * 0.15, 0.2)
        } else {
            (curl * (1.0 - inside * 5.0).max(0.0), 0.6)
        }
    });
    scene.relief.roughen(&mut scene.place, grain, grain * 0.12);
}

fn terraces(scene: &mut Scene) {
    let width = scene.feature_nm;
    let step = width * scene.sample.range(0.04, 0.12);
    let waviness = scene.sample.range(0.3, 2.0);
    let angle = scene.place.angle();
    let hills = Texture::hills(&mut scene.place, width * 3.0, 2);
    let (sin, cos) = angle.sin_cos();
    scene.relief.depth_nm = step * 3.0;
    scene.relief.lay_ground(|x, y| {
        let level = (x * cos + y * sin) / width + waviness * hills.at(x, y);
        let share = level - level.floor();
        // A flank of a few percent instead of a jump keeps the steps visible when zoomed in.
        let flank = (share * 25.0).min(1.0);
        (step * (level.floor() + flank) - step * level * 0.8, 0.55)
    });
    scene.relief.roughen(&mut scene.place, width * 0.06, step * 0.12);
}

/// A broken edge seen face on: substrate, columnar film, surface, empty background.
fn cross_section(scene: &mut Scene) {
    let thickness = scene.feature_nm;
    let num_layers = scene.sample.count(1, 4);
    let columns = thickness * scene.sample.range(0.06, 0.2);
    let roughness = thickness * scene.sample.range(0.01, 0.07);
    let tilt = scene.place.range(-0.12, 0.12);
    let greys: Vec<f32> = (0..=num_layers).map(|_| scene.sample.range(0.3, 0.9)).collect();
    let shares: Vec<f32> = (0..num_layers).map(|_| scene.sample.range(0.3, 1.0)).collect();
    let background = scene.sample.range(0.05, 0.2);
    let waves = Texture::hills(&mut scene.place, thickness * 0.4, 4);
    let grain = Texture::hills(&mut scene.place, columns, 2);
    scene.relief.depth_nm = thickness;
    let total: f32 = shares.iter().sum();
    scene.relief.lay_ground(|x, y| {
        let y = y + tilt * x;
        let mut top = -thickness * 0.8 + roughness * waves.at(x, 0.0) * 2.0;
        if y < top {
            return (-thickness * 2.0, background);
        }
        for (index, share) in shares.iter().enumerate() {
            top += thickness * 1.4 * share / total
                + roughness * waves.at(x, (index + 1) as f32 * thickness * 9.0);
            if y < top {
                // Columns: noise drawn out along the growth direction.
                let column = grain.at(x, y * 0.12) * columns * 0.25;
                return (column + thickness * 0.05 * index as f32, greys[index]);
            }
        }
        (roughness * grain.at(x * 0.2, y * 0.2), greys[num_layers])
    });
}

fn smooth_with_pinholes(scene: &mut Scene) {
    let hole = scene.feature_nm;
    let num_holes = scene.sample.count(3, 60);
    let num_specks = scene.sample.count(0, 25);
    let texture_size = hole * scene.sample.range(0.5, 6.0);
    let relief_share = scene.sample.range(0.01, 0.04);
    let hills = Texture::hills(&mut scene.place, texture_size, 3);
    let holes: Vec<(f32, f32, f32)> = (0..num_holes)
        .map(|index| {
            let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.0) };
            (x, y, hole * scene.place.log_range(0.3, 1.6))
        })
        .collect();
    scene.relief.depth_nm = hole;
    scene.relief.lay_ground(|x, y| (texture_size * relief_share * hills.at(x, y), 0.5));
    scene.relief.change_all(|x, y, height, electron_yield| {
        let in_hole = holes.iter().any(|(hx, hy, radius)| {
            let (dx, dy) = (x - hx, y - hy);
            dx * dx + dy * dy < radius * radius
        });
        if in_hole { (height - hole * 1.5, 0.15) } else { (height, electron_yield) }
    });
    for _ in 0..num_specks {
        let (x, y) = scene.anywhere(0.0);
        let size = hole * scene.place.log_range(0.3, 1.2);
        scene.relief.ellipsoid(Point::new(x, y, 0.0), [size, size * 0.7, size * 0.5], 1.0, 0.8);
    }
}

fn same_dice(seed: u32) -> super::super::dice::Dice {
    super::super::dice::Dice::new(u64::from(seed), "grains")
}
