//! Biological: bacteria, blood cells, spread cells, diatoms, pollen.

use super::super::relief::Bounds;
use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Scene, Subcategory};

/// The kinds of picture of this category. The feature is the cell.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "rod_bacteria",
        feature_nm: (600.0, 1_200.0),
        features_across: (12.0, 30.0),
        draw: rod_bacteria,
        guest: None,
    },
    Subcategory {
        name: "blood_cells",
        feature_nm: (6_000.0, 8_000.0),
        features_across: (5.0, 14.0),
        draw: blood_cells,
        guest: None,
    },
    Subcategory {
        name: "spread_cells",
        feature_nm: (12_000.0, 25_000.0),
        features_across: (4.0, 10.0),
        draw: spread_cells,
        guest: None,
    },
    Subcategory {
        name: "diatoms",
        feature_nm: (10_000.0, 50_000.0),
        features_across: (2.2, 6.0),
        draw: diatoms,
        guest: None,
    },
    Subcategory {
        name: "pollen",
        feature_nm: (15_000.0, 40_000.0),
        features_across: (2.5, 7.0),
        draw: pollen,
        guest: None,
    },
];

fn rod_bacteria(scene: &mut Scene) {
    let width = scene.feature_nm;
    let slimness = scene.sample.range(1.2, 3.5);
    let num_colonies = scene.sample.count(2, 8);
    let colony_size = scene.sample.count(2, 14);
    lay_membrane(scene);
    scene.relief.depth_nm = width;
    for index in 0..num_colonies {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(-0.1) };
        let heading = scene.place.angle();
        for member in 0..scene.place.count(1, colony_size) {
            let spread = width * 1.1 * (member as f32).sqrt();
            let middle = Point::new(x, y, width * (0.35 + 0.1 * scene.place.unit()))
                .step(2.4 * member as f32, spread * 1.3);
            let angle = heading + 0.5 * scene.place.bell();
            let half_length = width * slimness * scene.place.range(0.5, 1.0) / 2.0;
            let (start, end) = (middle.step(angle, -half_length), middle.step(angle, half_length));
            let radius = width / 2.0;
            let is_dividing = scene.place.chance(0.3);
            if is_dividing {
                // A waist in the middle: two shorter rods that taper towards each other.
                scene.relief.capsule(start, middle, (radius, radius * 0.8), 0.75);
                scene.relief.capsule(middle, end, (radius * 0.8, radius), 0.75);
            } else {
                scene.relief.capsule(start, end, (radius, radius), 0.75);
            }
        }
    }
    scene.relief.roughen(&mut scene.place, width * 0.25, width * 0.025);
}

fn blood_cells(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let dimple = scene.sample.range(0.13, 0.26);
    let coverage = scene.sample.range(0.25, 0.8);
    let has_spikes = scene.sample.chance(0.2);
    lay_membrane(scene);
    scene.relief.depth_nm = diameter * 0.3;
    for index in 0..scene.number_to_cover(diameter, coverage).clamp(3, 120) {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(0.0) };
        let radius = diameter / 2.0 * scene.place.range(0.88, 1.06);
        let seen_flat = scene.place.range(0.55, 1.0);
        let (sin, cos) = scene.place.angle().sin_cos();
        let level = scene.place.unit() * diameter * 0.35;
        scene.relief.stamp(Bounds::around(x, y, radius), |px, py| {
            let (dx, dy) = (px - x, py - y);
            let u = (dx * cos + dy * sin) / radius;
            let v = (dy * cos - dx * sin) / (radius * seen_flat);
            let distance = u.hypot(v);
            // Thickest at 0.7 of the radius, thin and smooth in the middle, round at the rim.
            let squared = distance * distance;
            let bulge = dimple * 4.0 * squared * (1.0 - squared);
            let rim = (1.0 - distance.powi(6)).max(0.0).sqrt();
            (distance < 1.0).then_some((level + diameter * (bulge + 0.12) * rim, 0.7))
        });
        if has_spikes {
            for spike in 0..14 {
                let tip = Point::new(x, y, level + diameter * 0.2)
                    .step(spike as f32 * 0.45, radius * 0.93);
                scene.relief.ball(tip, diameter * 0.045, 0.85);
            }
        }
    }
    scene.relief.roughen(&mut scene.place, diameter * 0.06, diameter * 0.002);
}

/// Flat cells with a domed nucleus and branching feet that hold on to the ground.
fn spread_cells(scene: &mut Scene) {
    let cell = scene.feature_nm;
    let num_cells = scene.sample.count(1, 7);
    let num_feet = scene.sample.count(3, 9);
    let reach = scene.sample.range(0.6, 1.8);
    lay_membrane(scene);
    scene.relief.depth_nm = cell * 0.15;
    for index in 0..num_cells {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(-0.1) };
        let body = Point::new(x, y, 0.0);
        let heading = scene.place.angle();
        let half_axes = [cell * scene.place.range(0.4, 0.7), cell * 0.35, cell * 0.22];
        scene.relief.ellipsoid(body, half_axes, heading, 0.7);
        for foot in 0..num_feet {
            let angle = heading
                + std::f32::consts::TAU * (foot as f32 + 0.3 * scene.place.bell())
                    / num_feet as f32;
            let length = cell * reach * scene.place.range(0.4, 1.0);
            grow_foot(scene, body.step(angle, cell * 0.25), angle, length, cell * 0.12, 2);
        }
    }
    scene.relief.roughen(&mut scene.place, cell * 0.09, cell * 0.006);
    scene.relief.roughen(&mut scene.place, cell * 0.02, cell * 0.002);
}

/// A tapering, winding outgrowth that forks up to `forks` times.
fn grow_foot(scene: &mut Scene, start: Point, angle: f32, length: f32, radius: f32, forks: usize) {
    const NUM_STEPS: usize = 6;
    let mut heading = angle;
    let mut points = vec![start];
    let mut point = start;
    for _ in 0..NUM_STEPS {
        heading += 0.22 * scene.place.bell();
        point = point.step(heading, length / NUM_STEPS as f32);
        points.push(point);
    }
    scene.relief.tube(&points, radius, radius * 0.3, 0.75);
    if forks > 0 {
        for turn in [-0.5, 0.5] {
            let new_heading = heading + turn + 0.2 * scene.place.bell();
            grow_foot(scene, point, new_heading, length * 0.5, radius * 0.32, forks - 1);
        }
    }
}

/// Glass shells with rows of pores: round ones and boat-shaped ones.
fn diatoms(scene: &mut Scene) {
    let size = scene.feature_nm;
    let num_shells = scene.sample.count(1, 6);
    let mostly_round = scene.sample.chance(0.5);
    let pores_across = scene.sample.range(14.0, 34.0);
    lay_membrane(scene);
    scene.relief.depth_nm = size * 0.08;
    for index in 0..num_shells {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(-0.05) };
        let half_length = size / 2.0 * scene.place.range(0.7, 1.15);
        let is_round = scene.place.chance(if mostly_round { 0.85 } else { 0.15 });
        let half_width = half_length * if is_round { 1.0 } else { scene.place.range(0.22, 0.4) };
        let (sin, cos) = scene.place.angle().sin_cos();
        let level = size * 0.1 * (1.0 + scene.place.unit());
        let pore = 2.0 * half_length / pores_across;
        scene.relief.stamp(Bounds::around(x, y, half_length), |px, py| {
            let (dx, dy) = (px - x, py - y);
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let (a, b) = (u / half_length, v / half_width);
            // The boat is pointed: its sides are flatter than an ellipse's.
            let distance = if is_round { a.hypot(b) } else { a.abs().powf(1.6) + b * b };
            if distance > 1.0 {
                return None;
            }
            let in_pore = if is_round {
                let ring = (a.hypot(b) * half_length / pore).floor();
                let around = b.atan2(a) / std::f32::consts::TAU * (6.0 * ring).max(1.0);
                wave(a.hypot(b) * half_length / pore) * wave(around) > 0.45
            } else {
                v.abs() > pore * 0.8 && wave(u / pore) * wave(v / pore * 0.7) > 0.4
            };
            let is_rim = distance > 0.9;
            let pit = if in_pore && !is_rim { -size * 0.03 } else { 0.0 };
            let dome = size * 0.08 * (1.0 - distance) + if is_rim { size * 0.025 } else { 0.0 };
            Some((level + dome + pit, if pit < 0.0 { 0.4 } else { 0.75 }))
        });
    }
}

/// A bump in the middle of every unit interval.
fn wave(position: f32) -> f32 {
    let share = position - position.floor();
    4.0 * share * (1.0 - share)
}

/// Balls covered with spines, or with a net of ridges.
fn pollen(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let num_grains = scene.sample.count(1, 8);
    let has_spines = scene.sample.chance(0.6);
    let num_spines = scene.sample.count(40, 110);
    let net_size = diameter * scene.sample.range(0.08, 0.18);
    lay_membrane(scene);
    scene.relief.depth_nm = diameter * 0.3;
    let net = Texture::cell_borders(&mut scene.place, net_size);
    for index in 0..num_grains {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(-0.05) };
        let radius = diameter / 2.0 * scene.place.range(0.8, 1.1);
        let centre = Point::new(x, y, radius * 0.7);
        scene.relief.stamp(Bounds::around(x, y, radius), |px, py| {
            let (dx, dy) = (px - x, py - y);
            let rest = radius * radius - dx * dx - dy * dy;
            let ridge = if has_spines {
                0.0
            } else {
                0.25 * net_size * (1.0 - 5.0 * net.border_distance(px, py)).max(0.0)
            };
            (rest > 0.0).then(|| (centre.z + rest.sqrt() + ridge, 0.7))
        });
        if has_spines {
            for spine in 0..num_spines {
                // Evenly over the half ball that is seen: a sunflower spiral.
                let up = 1.0 - (spine as f32 + 0.5) / num_spines as f32;
                let out = (1.0 - up * up).sqrt();
                let around = 2.399_963 * spine as f32;
                let on_ball = |share: f32| {
                    let mut point = centre.step(around, radius * out * share);
                    point.z = centre.z + radius * up * share;
                    point
                };
                scene.relief.capsule(
                    on_ball(0.98),
                    on_ball(1.17),
                    (diameter * 0.025, diameter * 0.004),
                    0.9,
                );
            }
        }
    }
    scene.relief.roughen(&mut scene.place, diameter * 0.03, diameter * 0.002);
}

/// The filter or glass on which the specimen was dried.
fn lay_membrane(scene: &mut Scene) {
    let grey = scene.sample.range(0.15, 0.42);
    let wavelength = scene.feature_nm * scene.sample.range(0.05, 0.4);
    let amplitude = wavelength * scene.sample.range(0.005, 0.05);
    let hills = Texture::hills(&mut scene.place, wavelength, 3);
    let num_pores = scene.sample.pick(&[0_usize, 0, 20, 60]);
    scene.relief.lay_ground(|x, y| (amplitude * hills.at(x, y), grey));
    for _ in 0..num_pores {
        let (x, y) = scene.anywhere(0.0);
        let radius = scene.feature_nm * scene.place.range(0.04, 0.07);
        scene.relief.sink(Bounds::around(x, y, radius), |px, py| {
            ((px - x).hypot(py - y) < radius).then_some((-radius * 3.0, 0.08))
        });
    }
}
