//! Micro-electro-mechanical devices and electrodes: made by lithography, straight and flat.

use super::super::relief::Bounds;
use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Guest, Scene, Subcategory, nanowire_scatter};

const NANOWIRES: Option<Guest> =
    Some(Guest { category: "Nanowires", probability: 0.7, draw: nanowire_scatter::across_device });

/// The kinds of picture of this category.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "comb_electrodes",
        feature_nm: (800.0, 10_000.0),
        features_across: (16.0, 40.0),
        draw: comb_electrodes,
        guest: NANOWIRES,
    },
    Subcategory {
        name: "contact_pads",
        feature_nm: (2_000.0, 20_000.0),
        features_across: (18.0, 36.0),
        draw: contact_pads,
        guest: NANOWIRES,
    },
    Subcategory {
        name: "cantilever_array",
        feature_nm: (5_000.0, 30_000.0),
        features_across: (9.0, 20.0),
        draw: cantilever_array,
        guest: None,
    },
    Subcategory {
        name: "perforated_plate",
        feature_nm: (4_000.0, 15_000.0),
        features_across: (18.0, 32.0),
        draw: perforated_plate,
        guest: None,
    },
];

/// Two combs whose fingers mesh.
fn comb_electrodes(scene: &mut Scene) {
    let finger = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let gap = finger * scene.sample.range(0.5, 1.6);
    let metal = lay_wafer(scene, finger * 0.35);
    let angle = place_angle(scene);
    let reach = half_width.hypot(half_height);
    let overlap = half_height * scene.sample.range(0.45, 0.8);
    let bus = finger * scene.sample.range(2.0, 5.0);
    let end_gap = gap * 1.2;
    let across_angle = angle + std::f32::consts::FRAC_PI_2;
    let pitch = finger + gap;
    let top = finger * 0.35;
    let num_fingers = (2.0 * reach / pitch) as usize;
    for index in 0..num_fingers {
        let along = (index as f32 - num_fingers as f32 / 2.0) * pitch;
        let side = if index % 2 == 0 { 1.0 } else { -1.0 };
        // Each finger starts inside its own bus and ends before the other's.
        let rooted = finger * 0.15;
        let middle = Point::new(0.0, 0.0, top)
            .step(angle, along)
            .step(across_angle, side * (end_gap / 2.0 + rooted));
        let half_length = overlap - end_gap / 2.0 + rooted;
        scene.relief.block(middle, half_length, finger / 2.0, across_angle, metal);
    }
    for side in [-1.0, 1.0] {
        let middle = Point::new(0.0, 0.0, top).step(across_angle, side * (overlap + bus / 2.0));
        scene.relief.block(middle, reach * 1.5, bus / 2.0, angle, metal);
    }
    finish(scene);
}

/// Square pads with tracks that run to a common middle.
fn contact_pads(scene: &mut Scene) {
    let track = scene.feature_nm;
    let (_, half_height) = scene.half_field_nm();
    let num_pads = scene.sample.pick(&[4_usize, 6, 8, 10]);
    let pad = track * scene.sample.range(2.0, 3.6);
    let top = track * 0.3;
    let metal = lay_wafer(scene, top);
    let turn = place_angle(scene);
    let inner = track * scene.sample.range(0.8, 2.0);
    let ring = half_height * scene.sample.range(0.75, 1.05);
    // Neighbours must not touch, or the device is a short circuit.
    let pad = pad.min(0.6 * ring * (std::f32::consts::PI / num_pads as f32).sin());
    for index in 0..num_pads {
        let angle = turn + std::f32::consts::TAU * index as f32 / num_pads as f32;
        let centre = Point::new(0.0, 0.0, top).step(angle, ring);
        scene.relief.block(centre, pad, pad, turn, metal);
        // A track narrows in steps towards the middle.
        for (from, to, width) in [(0.45, 1.0, 0.5), (0.2, 0.46, 0.28), (0.0, 0.21, 0.14)] {
            let (near, far) = (inner + (ring - inner) * from, inner + (ring - inner) * to);
            let middle = Point::new(0.0, 0.0, top).step(angle, (near + far) / 2.0);
            scene.relief.block(middle, (far - near) / 2.0, track * width, angle, metal);
        }
    }
    let mark = Point::new(0.0, 0.0, top).step(turn + 0.4, ring * 0.62);
    for angle in [turn, turn + std::f32::consts::FRAC_PI_2] {
        scene.relief.block(mark, track * 0.9, track * 0.2, angle, metal);
    }
    finish(scene);
}

/// Free beams that stand out over an etched trench.
fn cantilever_array(scene: &mut Scene) {
    let beam = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let gap = beam * scene.sample.range(0.6, 1.8);
    let length = half_height * scene.sample.range(0.6, 1.3);
    let growing = scene.sample.range(-0.08, 0.08);
    let bent_up = beam * scene.sample.range(0.0, 1.5);
    let pointed = scene.sample.chance(0.4);
    let metal = scene.sample.range(0.6, 0.85);
    let floor = scene.sample.range(0.1, 0.25);
    scene.relief.depth_nm = beam * 2.0;
    look_aside(scene);
    let anchor_y = -half_height * scene.place.range(0.3, 0.6);
    let trench_end = anchor_y + length * 1.25 + beam;
    scene.relief.lay_ground(|_, y| {
        if y < anchor_y || y > trench_end { (0.0, metal * 0.85) } else { (-beam * 4.0, floor) }
    });
    let pitch = beam + gap;
    let num_beams = (2.0 * half_width / pitch) as usize;
    for index in 0..num_beams {
        let x = (index as f32 + 0.5 - num_beams as f32 / 2.0) * pitch;
        let own_length =
            length * (1.0 + growing * (index as f32 - num_beams as f32 / 2.0)).clamp(0.3, 1.25);
        let (left, right) = (x - beam / 2.0, x + beam / 2.0);
        let bounds =
            Bounds { left, right, top: anchor_y - beam * 0.3, bottom: anchor_y + own_length };
        scene.relief.stamp(bounds, |px, py| {
            let along = (py - anchor_y) / own_length;
            let to_end = anchor_y + own_length - py;
            let half_beam = if pointed { (beam / 2.0).min(to_end * 0.6) } else { beam / 2.0 };
            let inside = (px - x).abs() < half_beam && to_end > 0.0;
            inside.then_some((beam * 0.1 + bent_up * along * along, metal))
        });
    }
    finish(scene);
}

/// A plate with release holes, hung on folded springs.
fn perforated_plate(scene: &mut Scene) {
    let hole_pitch = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let hole = hole_pitch * scene.sample.range(0.22, 0.38);
    let round = scene.sample.chance(0.5);
    let top = hole_pitch * 0.5;
    let metal = lay_wafer(scene, top);
    let half_side =
        (half_height * scene.sample.range(0.45, 0.65) / hole_pitch).round() * hole_pitch;
    let spring = hole_pitch * scene.sample.range(0.25, 0.5);
    let num_folds = scene.sample.count(2, 5);
    for side_x in [-1.0, 1.0] {
        for side_y in [-1.0, 1.0] {
            let start_x = side_x * half_side * 0.8;
            for fold in 0..num_folds {
                let y = side_y * (half_side + (fold as f32 + 0.7) * spring * 2.5);
                let reach = half_side * 0.6;
                let middle = Point::new(start_x, y, top);
                scene.relief.block(middle, reach, spring / 2.0, 0.0, metal);
                let turn_x = start_x + if fold % 2 == 0 { reach } else { -reach };
                let link = Point::new(turn_x, y - side_y * spring * 1.25, top);
                scene.relief.block(link, spring / 2.0, spring * 1.75, 0.0, metal);
            }
        }
        let anchor = Point::new(side_x * (half_width + half_side) / 2.0, 0.0, top);
        scene.relief.block(anchor, (half_width - half_side) / 2.0, spring * 2.0, 0.0, metal);
    }
    let bounds = Bounds::around(0.0, 0.0, half_side);
    scene.relief.stamp(bounds, |x, y| {
        let (from_x, from_y) = (
            (x / hole_pitch - (x / hole_pitch).floor() - 0.5) * hole_pitch,
            (y / hole_pitch - (y / hole_pitch).floor() - 0.5) * hole_pitch,
        );
        let distance = if round { from_x.hypot(from_y) } else { from_x.abs().max(from_y.abs()) };
        (distance > hole).then_some((top, metal))
    });
    finish(scene);
}

/// A dark wafer; returns the grey of the metal on it.
fn lay_wafer(scene: &mut Scene, metal_thickness_nm: f32) -> f32 {
    let wafer = scene.sample.range(0.15, 0.4);
    scene.relief.depth_nm = metal_thickness_nm * 1.3;
    let stains = Texture::hills(&mut scene.place, scene.feature_nm * 12.0, 3);
    let stained = scene.sample.range(0.0, 0.12);
    look_aside(scene);
    scene.relief.lay_ground(|x, y| (0.0, wafer * (1.0 + stained * stains.at(x, y))));
    wafer + scene.sample.range(0.25, 0.5)
}

/// Nobody centres a device exactly.
fn look_aside(scene: &mut Scene) {
    let (x, y) = scene.anywhere(-0.75);
    scene.relief.look_at(x, y);
}

/// The grain of the metal, and the dust that a clean room still has.
fn finish(scene: &mut Scene) {
    let size = scene.feature_nm;
    let (wavelength, num_specks) =
        (size * scene.sample.log_range(0.04, 0.15), scene.sample.count(0, 14));
    let height = scene.relief.depth_nm * 0.6;
    for _ in 0..num_specks {
        let (x, y) = scene.anywhere(0.2);
        let half = size * scene.place.log_range(0.05, 0.3);
        let angle = scene.place.angle();
        let half_axes = [half, half * 0.7, half * 0.6];
        let centre = Point::new(x, y, height);
        scene.relief.ellipsoid(centre, half_axes, angle, 0.7);
    }
    scene.relief.roughen(&mut scene.place, wavelength, wavelength * 0.06);
}

/// Devices are usually lined up with the scan, seldom not.
fn place_angle(scene: &mut Scene) -> f32 {
    let quarter = scene.sample.pick(&[0.0, std::f32::consts::FRAC_PI_2]);
    let skew = if scene.sample.chance(0.3) { scene.sample.range(-0.7, 0.7) } else { 0.0 };
    quarter + skew + 0.01 * scene.place.bell()
}
