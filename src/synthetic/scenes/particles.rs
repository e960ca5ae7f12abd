//! Particles: separate small bodies on a substrate.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Scene, Subcategory};

/// The kinds of picture of this category.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "monodisperse_spheres",
        feature_nm: (100.0, 1_500.0),
        features_across: (18.0, 50.0),
        draw: monodisperse_spheres,
        guest: None,
    },
    Subcategory {
        name: "dispersed",
        feature_nm: (20.0, 800.0),
        features_across: (25.0, 70.0),
        draw: dispersed,
        guest: None,
    },
    Subcategory {
        name: "agglomerated",
        feature_nm: (15.0, 120.0),
        features_across: (30.0, 70.0),
        draw: agglomerated,
        guest: None,
    },
    Subcategory {
        name: "faceted_crystals",
        feature_nm: (80.0, 3_000.0),
        features_across: (8.0, 26.0),
        draw: faceted_crystals,
        guest: None,
    },
    Subcategory {
        name: "rough_large",
        feature_nm: (1_000.0, 30_000.0),
        features_across: (2.0, 4.5),
        draw: rough_large,
        guest: None,
    },
];

/// Equal balls in patches of close packing.
fn monodisperse_spheres(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let filled = scene.sample.range(0.45, 1.05);
    let disorder = scene.sample.range(0.01, 0.06);
    let angle = scene.place.angle();
    let patches = Texture::hills(&mut scene.place, diameter * 12.0, 2);
    lay_substrate(scene);
    let reach = half_width.hypot(half_height);
    let row_step = diameter * 0.866;
    let num_rows = (2.0 * reach / row_step) as usize;
    let num_columns = (2.0 * reach / diameter) as usize;
    for row in 0..num_rows {
        for column in 0..num_columns {
            let along = (column as f32 + 0.5 * (row % 2) as f32) * diameter - reach;
            let across = row as f32 * row_step - reach;
            let jitter = (scene.place.bell() * disorder, scene.place.bell() * disorder);
            let size = 1.0 + 0.5 * disorder * scene.place.bell();
            let centre = Point::new(0.0, 0.0, diameter / 2.0)
                .step(angle, along + jitter.0 * diameter)
                .step(angle + std::f32::consts::FRAC_PI_2, across + jitter.1 * diameter);
            if patches.at(centre.x, centre.y) * 0.5 + 0.5 < filled {
                scene.relief.ball(centre, diameter / 2.0 * size, 0.75);
            }
        }
    }
}

fn dispersed(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let coverage = scene.sample.range(0.03, 0.3);
    let spread = scene.sample.range(0.05, 0.5);
    let squash = scene.sample.range(0.5, 1.0);
    lay_substrate(scene);
    let num_particles = scene.number_to_cover(diameter, coverage).clamp(6, 1200);
    for index in 0..num_particles {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.05) };
        let radius = diameter / 2.0 * (1.0 + spread * scene.place.bell()).clamp(0.25, 3.0);
        let long = radius * (1.0 + (1.0 - squash) * scene.place.unit());
        let angle = scene.place.angle();
        let centre = Point::new(x, y, radius * 0.6);
        scene.relief.ellipsoid(centre, [long, radius, radius], angle, 0.9);
    }
}

/// Clusters that grew by particles sticking to particles.
fn agglomerated(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let num_clusters = scene.sample.count(4, 16);
    let members = scene.sample.count(40, 260);
    lay_substrate(scene);
    scene.relief.depth_nm = diameter * 3.0;
    for index in 0..num_clusters {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.0) };
        let mut cluster = vec![Point::new(x, y, diameter)];
        for _ in 0..scene.place.count(members / 2, members * 3 / 2) {
            let parent = cluster[scene.place.count(cluster.len() / 4, cluster.len() - 1)];
            let angle = scene.place.angle();
            let mut next = parent.step(angle, diameter * scene.place.range(0.4, 0.95));
            next.z = (parent.z + diameter * 0.5 * scene.place.bell()).max(diameter * 0.4);
            cluster.push(next);
        }
        for centre in cluster {
            let radius = diameter / 2.0 * scene.place.range(0.8, 1.2);
            scene.relief.ball(centre, radius, 0.6 + 0.06 * (centre.z / diameter).min(5.0));
        }
    }
}

fn faceted_crystals(scene: &mut Scene) {
    let size = scene.feature_nm;
    let are_cubes = scene.sample.chance(0.5);
    let coverage = scene.sample.range(0.12, 0.45);
    lay_substrate(scene);
    scene.relief.depth_nm = size * 0.8;
    let num_crystals = scene.number_to_cover(size, coverage).clamp(4, 500);
    for index in 0..num_crystals {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.05) };
        let half = size / 2.0 * scene.place.range(0.75, 1.2);
        let electron_yield = scene.place.range(0.6, 0.9);
        if are_cubes {
            let angle = scene.place.angle();
            let top = Point::new(x, y, 2.0 * half);
            scene.relief.block(top, half, half, angle, electron_yield);
        } else {
            let num_faces = scene.place.count(9, 14);
            scene.relief.grain(
                Point::new(x, y, half * 0.4),
                half * 1.5,
                num_faces,
                &mut scene.place,
                electron_yield,
            );
        }
    }
}

/// A few big balls whose surface is itself visible: plates, granules or pits.
fn rough_large(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let num_balls = scene.sample.count(1, 5);
    let bump = diameter * scene.sample.log_range(0.05, 0.16);
    let bump_height = bump * scene.sample.range(0.2, 0.5);
    let granular = scene.sample.chance(0.5);
    lay_substrate(scene);
    scene.relief.depth_nm = diameter * 0.3;
    for index in 0..num_balls {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.1) };
        let radius = diameter / 2.0 * scene.place.range(0.7, 1.15);
        scene.relief.ball(Point::new(x, y, radius * 0.8), radius, 0.7);
    }
    let cells = Texture::cell_borders(&mut scene.place, bump);
    let hills = Texture::hills(&mut scene.place, bump, 2);
    let above_ground = diameter * 0.05;
    scene.relief.change_all(|x, y, height, electron_yield| {
        if height < above_ground {
            return (height, electron_yield);
        }
        let roughness =
            if granular { cells.border_distance(x, y).min(0.6) } else { hills.at(x, y).abs() };
        (height + bump_height * roughness, electron_yield)
    });
}

fn lay_substrate(scene: &mut Scene) {
    let grey = scene.sample.range(0.12, 0.4);
    let wavelength = scene.feature_nm * scene.sample.range(0.15, 1.0);
    let amplitude = wavelength * scene.sample.range(0.0, 0.04);
    let hills = Texture::hills(&mut scene.place, wavelength, 2);
    scene.relief.depth_nm = scene.feature_nm * 0.8;
    scene.relief.lay_ground(|x, y| (amplitude * hills.at(x, y), grey));
}
