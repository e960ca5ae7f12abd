//! Patterned surfaces: one element, repeated regularly.

use super::super::relief::Bounds;
use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Guest, Scene, Subcategory, particle_scatter};

const PARTICLES: Option<Guest> = Some(Guest {
    category: "Particles",
    probability: 0.2,
    draw: particle_scatter::over_everything,
});

/// The kinds of picture of this category. The feature is the pitch.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "pillars_from_above",
        feature_nm: (200.0, 8_000.0),
        features_across: (10.0, 34.0),
        draw: pillars_from_above,
        guest: None,
    },
    Subcategory {
        name: "pillars_tilted",
        feature_nm: (300.0, 20_000.0),
        features_across: (8.0, 24.0),
        draw: pillars_tilted,
        guest: None,
    },
    Subcategory {
        name: "line_grating",
        feature_nm: (100.0, 4_000.0),
        features_across: (8.0, 36.0),
        draw: line_grating,
        guest: PARTICLES,
    },
    Subcategory {
        name: "hole_array",
        feature_nm: (150.0, 6_000.0),
        features_across: (8.0, 34.0),
        draw: hole_array,
        guest: PARTICLES,
    },
    Subcategory {
        name: "pyramid_pits",
        feature_nm: (500.0, 8_000.0),
        features_across: (8.0, 22.0),
        draw: pyramid_pits,
        guest: None,
    },
];

/// Where a point lies within the repeating cell.
struct Lattice {
    pitch: f32,
    sin: f32,
    cos: f32,
    /// Every second row is shifted by half a pitch.
    staggered: bool,
}

impl Lattice {
    fn new(scene: &mut Scene) -> Self {
        let turn = if scene.sample.chance(0.5) { 0.0 } else { scene.sample.angle() };
        let (sin, cos) = (turn + 0.01 * scene.place.bell()).sin_cos();
        Self { pitch: scene.feature_nm, sin, cos, staggered: scene.sample.chance(0.35) }
    }

    /// Distance from the middle of the nearest cell, in pitches, −0.5 to 0.5.
    fn in_cell(&self, x: f32, y: f32) -> (f32, f32) {
        let along = (x * self.cos + y * self.sin) / self.pitch;
        let across = (y * self.cos - x * self.sin) / self.pitch;
        let row = across.round();
        let shift = if self.staggered { 0.5 * row.rem_euclid(2.0) } else { 0.0 };
        let column = (along - shift).round();
        (along - shift - column, across - row)
    }
}

fn pillars_from_above(scene: &mut Scene) {
    let pitch = scene.feature_nm;
    let lattice = Lattice::new(scene);
    let radius = scene.sample.range(0.18, 0.38);
    let square = scene.sample.chance(0.35);
    let height = pitch * scene.sample.range(0.2, 0.6);
    let ground = scene.sample.range(0.2, 0.45);
    let pillar = scene.sample.range(0.55, 0.85);
    scene.relief.depth_nm = height;
    scene.relief.lay_ground(|x, y| {
        let (u, v) = lattice.in_cell(x, y);
        let distance = if square { u.abs().max(v.abs()) } else { u.hypot(v) };
        // Flanks of a finite width brighten the rim.
        let rise = ((radius - distance) / 0.05 + 0.5).clamp(0.0, 1.0);
        (height * rise, ground + (pillar - ground) * rise)
    });
    add_flaws(scene, height);
}

fn pillars_tilted(scene: &mut Scene) {
    let pitch = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let flattening = scene.sample.range(0.4, 0.75);
    let radius = pitch * scene.sample.range(0.15, 0.32);
    let tall = pitch * scene.sample.range(0.4, 1.5);
    let taper = scene.sample.range(0.3, 1.0);
    let missing = if scene.sample.chance(0.3) { 0.06 } else { 0.0 };
    let turn = scene.sample.range(0.0, 1.5);
    let ground = scene.sample.range(0.2, 0.4);
    scene.relief.depth_nm = tall;
    scene.relief.lay_ground(|_, y| (y - half_height * 5.0, ground));
    let reach = half_width.hypot(half_height / flattening) + tall;
    let number = (2.0 * reach / pitch) as isize / 2;
    let (sin, cos) = turn.sin_cos();
    for row in -number..=number {
        for column in -number..=number {
            let (u, v) = (column as f32 * pitch, row as f32 * pitch);
            let (x, y) = (u * cos - v * sin, (u * sin + v * cos) * flattening);
            let is_missing = scene.place.chance(missing);
            if is_missing && (row, column) != (0, 0) {
                continue;
            }
            upright_pillar(
                scene,
                x,
                y,
                radius,
                radius * taper,
                tall * (1.0 - flattening * flattening).sqrt(),
                flattening,
            );
        }
    }
    scene.relief.roughen(&mut scene.place, pitch * 0.08, pitch * 0.006);
}

/// A standing pillar seen obliquely: its side, and its top as an ellipse.
fn upright_pillar(
    scene: &mut Scene,
    x: f32,
    y: f32,
    foot_radius: f32,
    top_radius: f32,
    shown_height: f32,
    flattening: f32,
) {
    let bounds = Bounds {
        left: x - foot_radius.max(top_radius),
        right: x + foot_radius.max(top_radius),
        top: y - shown_height - top_radius,
        bottom: y + foot_radius,
    };
    scene.relief.stamp(bounds, |px, py| {
        let (dx, on_top) = (px - x, (py - (y - shown_height)) / flattening);
        if dx * dx + on_top * on_top < top_radius * top_radius {
            return Some((y + foot_radius * 1.2, 0.8));
        }
        let up = ((y - py) / shown_height).clamp(0.0, 1.0);
        let radius = foot_radius + (top_radius - foot_radius) * up;
        let rest = radius * radius - dx * dx;
        let low_edge = y + flattening * rest.max(0.0).sqrt();
        let inside = rest > 0.0 && py > y - shown_height && py < low_edge;
        inside.then(|| (y + rest.sqrt(), 0.55))
    });
}

fn line_grating(scene: &mut Scene) {
    let pitch = scene.feature_nm;
    let lattice = Lattice::new(scene);
    let half_line = scene.sample.range(0.15, 0.33);
    let height = pitch * scene.sample.range(0.15, 0.5);
    let ground = scene.sample.range(0.15, 0.4);
    let line = scene.sample.range(0.5, 0.85);
    let edge_roughness = scene.sample.range(0.0, 0.05);
    let ragged = Texture::hills(&mut scene.place, pitch * 0.4, 2);
    scene.relief.depth_nm = height;
    scene.relief.lay_ground(|x, y| {
        let across = (y * lattice.cos - x * lattice.sin) / pitch;
        let distance = (across - across.round()).abs() + edge_roughness * ragged.at(x, y);
        let rise = ((half_line - distance) / 0.05 + 0.5).clamp(0.0, 1.0);
        (height * rise, ground + (line - ground) * rise)
    });
    add_flaws(scene, height);
}

fn hole_array(scene: &mut Scene) {
    let pitch = scene.feature_nm;
    let lattice = Lattice::new(scene);
    let radius = scene.sample.range(0.2, 0.4);
    let depth = pitch * scene.sample.range(0.3, 0.8);
    let irregular = scene.sample.range(0.0, 0.05);
    let ragged = Texture::hills(&mut scene.place, pitch * 0.6, 2);
    scene.relief.depth_nm = depth;
    scene.relief.lay_ground(|x, y| {
        let (u, v) = lattice.in_cell(x, y);
        let distance = u.hypot(v) + irregular * ragged.at(x, y);
        let rise = ((distance - radius) / 0.06 + 0.5).clamp(0.0, 1.0);
        (depth * (rise - 1.0), 0.12 + 0.5 * rise)
    });
    add_flaws(scene, depth * 0.3);
}

fn pyramid_pits(scene: &mut Scene) {
    let pitch = scene.feature_nm;
    let lattice = Lattice::new(scene);
    let half_side = scene.sample.range(0.3, 0.48);
    let upward = scene.sample.pick(&[1.0, -1.0]);
    scene.relief.depth_nm = pitch * 0.7;
    scene.relief.lay_ground(|x, y| {
        let (u, v) = lattice.in_cell(x, y);
        let depth = (half_side - u.abs().max(v.abs())).max(0.0);
        (upward * pitch * depth * 1.2, 0.6)
    });
    add_flaws(scene, pitch * 0.2);
}

/// Fine roughness and the odd speck of dirt, without which a pattern looks drawn.
fn add_flaws(scene: &mut Scene, height: f32) {
    let num_specks = scene.sample.count(0, 6);
    for _ in 0..num_specks {
        let (x, y) = scene.anywhere(0.0);
        let size = scene.feature_nm * scene.place.log_range(0.08, 0.5);
        let angle = scene.place.angle();
        scene.relief.ellipsoid(
            Point::new(x, y, height),
            [size, size * 0.7, size * 0.6],
            angle,
            0.85,
        );
    }
    scene.relief.roughen(&mut scene.place, scene.feature_nm * 0.07, scene.feature_nm * 0.006);
}
