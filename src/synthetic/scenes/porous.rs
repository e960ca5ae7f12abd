//! Porous and sponge-like matter: more hole than wall.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Scene, Subcategory};

/// The kinds of picture of this category. The feature is the pore.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "open_cell_foam",
        feature_nm: (20_000.0, 300_000.0),
        features_across: (6.0, 16.0),
        draw: open_cell_foam,
        guest: None,
    },
    Subcategory {
        name: "membrane",
        feature_nm: (100.0, 3_000.0),
        features_across: (12.0, 40.0),
        draw: membrane,
        guest: None,
    },
    Subcategory {
        name: "coral",
        feature_nm: (40.0, 2_000.0),
        features_across: (14.0, 34.0),
        draw: coral,
        guest: None,
    },
    Subcategory {
        name: "aerogel",
        feature_nm: (15.0, 60.0),
        features_across: (45.0, 90.0),
        draw: aerogel,
        guest: None,
    },
];

/// Struts around open cells, with deeper cells seen through them.
fn open_cell_foam(scene: &mut Scene) {
    let cell = scene.feature_nm;
    let strut_share = scene.sample.range(0.1, 0.22);
    let num_layers = 3;
    let depth = cell * 1.2;
    scene.relief.depth_nm = depth;
    scene.relief.lay_ground(|_, _| (-depth, 0.05));
    let warp = Texture::hills(&mut scene.place, cell * 1.5, 2);
    for layer in 0..num_layers {
        let level = layer as f32 / (num_layers - 1) as f32;
        let size = cell * (0.8 + 0.2 * level);
        let borders = Texture::cell_borders(&mut scene.place, size);
        let strut = strut_share * (1.25 - 0.25 * level);
        scene.relief.change_all(|x, y, below, electron_yield| {
            let shift = cell * 0.15 * warp.at(x, y);
            let distance = borders.border_distance(x + shift, y - shift) / strut;
            if distance > 1.0 {
                return (below, electron_yield);
            }
            let round = (1.0 - distance * distance).sqrt();
            let top = depth * (level - 1.0) * 0.9 + cell * strut * 0.5 * round;
            if top > below { (top, 0.15 + 0.5 * level) } else { (below, electron_yield) }
        });
    }
    scene.relief.roughen(&mut scene.place, cell * 0.05, cell * 0.003);
}

/// A skin with irregular round pores of mixed sizes.
fn membrane(scene: &mut Scene) {
    let pore = scene.feature_nm;
    let wall_share = scene.sample.range(0.12, 0.42);
    let ragged_share = scene.sample.range(0.05, 0.3);
    let depth = pore * 0.8;
    let borders = Texture::cell_borders(&mut scene.place, pore);
    let ragged = Texture::hills(&mut scene.place, pore * 0.5, 3);
    let inner = Texture::hills(&mut scene.place, pore * 0.4, 3);
    scene.relief.depth_nm = depth;
    scene.relief.lay_ground(|x, y| {
        let distance = borders.border_distance(x, y) + ragged_share * ragged.at(x, y);
        let inside = ((distance - wall_share) / 0.12).clamp(0.0, 1.0);
        let floor = pore * 0.2 * inner.at(x, y);
        let height = floor * inside - depth * inside * inside;
        (height, 0.65 - 0.5 * inside)
    });
    scene.relief.roughen(&mut scene.place, pore * 0.12, pore * 0.01);
}

/// Walls that wind through each other in all depths.
fn coral(scene: &mut Scene) {
    let pore = scene.feature_nm;
    let thickness = scene.sample.range(0.2, 0.4);
    let stretch = scene.sample.range(0.45, 1.0);
    let angle = scene.place.angle();
    let (sin, cos) = angle.sin_cos();
    let num_layers = 4;
    let depth = pore * 2.0;
    scene.relief.depth_nm = depth * 0.5;
    scene.relief.lay_ground(|_, _| (-depth, 0.08));
    for layer in 0..num_layers {
        let level = layer as f32 / (num_layers - 1) as f32;
        let walls = Texture::hills(&mut scene.place, pore * 1.4, 2);
        scene.relief.change_all(|x, y, below, electron_yield| {
            let along = (x * cos + y * sin) * stretch;
            let across = y * cos - x * sin;
            let distance = walls.at(along, across).abs() / thickness;
            if distance > 1.0 {
                return (below, electron_yield);
            }
            let top = depth * (level - 1.0) + pore * 0.35 * (1.0 - distance * distance).sqrt();
            if top > below { (top, 0.25 + 0.5 * level) } else { (below, electron_yield) }
        });
    }
    scene.relief.roughen(&mut scene.place, pore * 0.18, pore * 0.04);
}

/// Strings of beads in a loose network.
fn aerogel(scene: &mut Scene) {
    let bead = scene.feature_nm;
    let coverage = scene.sample.range(1.2, 2.6);
    let openness = scene.sample.range(-0.15, 0.25);
    let depth = bead * 14.0;
    let voids = Texture::hills(&mut scene.place, bead * scene.sample.range(8.0, 16.0), 2);
    scene.relief.depth_nm = depth * 0.4;
    scene.relief.lay_ground(|_, _| (-bead * 3.0, 0.06));
    let num_strings = scene.number_to_cover(bead, coverage).min(12_000) / 6;
    for _ in 0..num_strings {
        let (x, y) = scene.anywhere(0.05);
        let level = scene.place.unit();
        let mut angle = scene.place.angle();
        let mut point = Point::new(x, y, level * depth);
        for _ in 0..6 {
            angle += 0.7 * scene.place.bell();
            point = point.step(angle, bead * 0.7);
            let radius = bead * 0.5 * scene.place.range(0.75, 1.3);
            // Pores go deep: near the surface there is matter only outside them.
            if voids.at(point.x, point.y) > openness + level - 0.75 {
                scene.relief.ball(point, radius, 0.25 + 0.55 * level);
            }
        }
    }
}
