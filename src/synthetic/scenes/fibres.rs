//! Fibres: threads that run through the whole picture, thicker and smoother than nanowires.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Guest, Scene, Subcategory, particle_scatter};

const PARTICLES: Option<Guest> = Some(Guest {
    category: "Particles",
    probability: 0.35,
    draw: particle_scatter::over_everything,
});

/// The kinds of picture of this category.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "electrospun_mat",
        feature_nm: (250.0, 2_500.0),
        features_across: (18.0, 45.0),
        draw: electrospun_mat,
        guest: PARTICLES,
    },
    Subcategory {
        name: "woven_cloth",
        feature_nm: (9_000.0, 18_000.0),
        features_across: (35.0, 60.0),
        draw: woven_cloth,
        guest: None,
    },
    Subcategory {
        name: "thick_crossing",
        feature_nm: (5_000.0, 25_000.0),
        features_across: (4.0, 9.0),
        draw: thick_crossing,
        guest: PARTICLES,
    },
    Subcategory {
        name: "aligned_bundle",
        feature_nm: (3_000.0, 15_000.0),
        features_across: (10.0, 24.0),
        draw: aligned_bundle,
        guest: None,
    },
];

fn electrospun_mat(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, _) = scene.half_field_nm();
    let num_fibres = scene.sample.count(35, 90);
    let bend = scene.sample.range(0.01, 0.12);
    let spread_of_sizes = scene.sample.range(0.05, 0.4);
    let beads = scene.sample.chance(0.25);
    let depth = diameter * 14.0;
    scene.relief.depth_nm = depth * 0.5;
    scene.relief.lay_ground(|_, _| (-diameter * 2.0, 0.08));
    for index in 0..num_fibres {
        let level = index as f32 / num_fibres as f32;
        let (x, y) = if index + 1 == num_fibres { (0.0, 0.0) } else { scene.anywhere(0.0) };
        let radius = diameter / 2.0 * (1.0 + spread_of_sizes * scene.place.bell()).max(0.4);
        let angle = scene.place.angle();
        let fibre =
            long_curve(scene, Point::new(x, y, level * depth), angle, half_width * 2.2, bend);
        let electron_yield = 0.3 + 0.6 * level;
        scene.relief.tube(&fibre, radius, radius, electron_yield);
        if beads && index % 3 == 0 {
            let direction = (fibre[7].y - fibre[6].y).atan2(fibre[7].x - fibre[6].x);
            scene.relief.ellipsoid(
                fibre[7],
                [radius * 5.0, radius * 2.6, radius * 2.6],
                direction,
                electron_yield,
            );
        }
    }
}

/// A plain weave: bundles of threads that go over and under each other.
fn woven_cloth(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let threads_per_bundle = scene.sample.count(4, 8);
    let bundle = diameter * threads_per_bundle as f32;
    let pitch = bundle * scene.sample.range(1.1, 1.5);
    let angle = scene.place.angle();
    let reach = half_width.hypot(half_height) + pitch;
    let num_bundles = (2.0 * reach / pitch) as usize;
    scene.relief.depth_nm = bundle;
    scene.relief.lay_ground(|_, _| (-bundle, 0.1));
    for direction in 0..2_usize {
        let along_angle = angle + direction as f32 * std::f32::consts::FRAC_PI_2;
        for bundle_index in 0..num_bundles {
            let bundle_across = bundle_index as f32 * pitch - reach;
            for thread in 0..threads_per_bundle {
                let across =
                    bundle_across + thread as f32 * diameter + 0.15 * diameter * scene.place.bell();
                let phase = std::f32::consts::PI * (bundle_index + direction) as f32;
                let num_steps = 4 * num_bundles;
                let points: Vec<Point> = (0..=num_steps)
                    .map(|step| {
                        let along = step as f32 / num_steps as f32 * 2.0 * reach - reach;
                        let wave = (along + reach - bundle / 2.0) / pitch * std::f32::consts::PI;
                        let z = bundle * 0.35 * (wave + phase).cos();
                        let start = Point::new(0.0, 0.0, z).step(along_angle, along);
                        start.step(
                            angle + std::f32::consts::FRAC_PI_2 * (1 - direction) as f32,
                            across,
                        )
                    })
                    .collect();
                scene.relief.tube(&points, diameter * 0.5, diameter * 0.5, 0.7);
            }
        }
    }
    scene.relief.roughen(&mut scene.place, diameter * 0.5, diameter * 0.05);
}

fn thick_crossing(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, _) = scene.half_field_nm();
    let num_fibres = scene.sample.count(2, 9);
    let scaly = scene.sample.chance(0.4);
    let dirt = scene.sample.count(0, 12);
    let depth = diameter * num_fibres as f32;
    scene.relief.depth_nm = depth * 0.5;
    scene.relief.lay_ground(|_, _| (-diameter, 0.07));
    let mut front_angle = 0.0;
    for index in 0..num_fibres {
        let is_front = index + 1 == num_fibres;
        let (x, y) = if is_front { (0.0, 0.0) } else { scene.anywhere(-0.1) };
        let level = (index + 1) as f32 / num_fibres as f32;
        front_angle = scene.place.angle();
        let fibre = long_curve(
            scene,
            Point::new(x, y, level * depth),
            front_angle,
            half_width * 2.8,
            0.015,
        );
        scene.relief.tube(&fibre, diameter * 0.5, diameter * 0.5, 0.25 + 0.55 * level);
    }
    for _ in 0..dirt {
        let (x, y) = scene.anywhere(-0.2);
        let size = diameter * scene.place.range(0.02, 0.07);
        scene.relief.ball(Point::new(x, y, depth + diameter * 0.45), size, 1.1);
    }
    // Grooves along the front fibre (viscose) or scales across it (wool).
    let (sin, cos) = front_angle.sin_cos();
    let ripple = Texture::hills(&mut scene.place, diameter * 0.25, 2);
    let (stretch_along, stretch_across) = if scaly { (1.6, 0.35) } else { (0.08, 1.6) };
    scene.relief.change_all(|x, y, height, electron_yield| {
        let along = (x * cos + y * sin) * stretch_along;
        let across = (y * cos - x * sin) * stretch_across;
        // Only the front fibre rises above this; the ripple has its direction.
        let amplitude = if height > depth { 0.02 * diameter } else { 0.0 };
        (height + amplitude * ripple.at(along, across), electron_yield)
    });
}

fn aligned_bundle(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let direction = scene.place.angle();
    let disorder = scene.sample.range(0.01, 0.12);
    let num_fibres = (scene.sample.range(1.2, 2.6) * 2.0 * half_width / diameter) as usize;
    let depth = diameter * 5.0;
    scene.relief.depth_nm = diameter * 2.0;
    scene.relief.lay_ground(|_, _| (-diameter, 0.12));
    let reach = half_width.hypot(half_height);
    for _ in 0..num_fibres {
        let across = scene.place.range(-1.0, 1.0) * reach;
        let level = scene.place.unit();
        let middle = Point::new(0.0, 0.0, level * depth)
            .step(direction + std::f32::consts::FRAC_PI_2, across);
        let angle = direction + disorder * scene.place.bell();
        let radius = diameter * 0.5 * scene.place.range(0.85, 1.15);
        let fibre = long_curve(scene, middle, angle, half_width * 2.6, disorder * 0.15);
        scene.relief.tube(&fibre, radius, radius, 0.45 + 0.4 * level);
    }
    scene.relief.roughen(&mut scene.place, diameter * 0.2, diameter * 0.012);
}

/// A smooth curve through `middle`, `half_length` to either side.
fn long_curve(
    scene: &mut Scene,
    middle: Point,
    angle: f32,
    half_length: f32,
    bend: f32,
) -> Vec<Point> {
    const STEPS_EACH_WAY: usize = 8;
    let step = half_length / STEPS_EACH_WAY as f32;
    let curvature = bend * scene.place.bell();
    let mut points = vec![middle];
    for (toward, sign) in [(angle, 1.0), (angle + std::f32::consts::PI, -1.0)] {
        let mut point = middle;
        let mut heading = toward;
        for _ in 0..STEPS_EACH_WAY {
            heading += sign * curvature + 0.4 * bend * scene.place.bell();
            point = point.step(heading, step);
            points.push(point);
        }
        points.reverse();
    }
    points
}
