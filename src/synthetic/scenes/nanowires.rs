//! Nanowires: thin straight or bent rods, from a single one to forests.

use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Guest, Scene, Subcategory, particle_scatter};

const PARTICLES: Option<Guest> = Some(Guest {
    category: "Particles",
    probability: 0.45,
    draw: particle_scatter::over_everything,
});

/// The kinds of picture of this category.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "entangled_mesh",
        feature_nm: (25.0, 90.0),
        features_across: (45.0, 110.0),
        draw: entangled_mesh,
        guest: PARTICLES,
    },
    Subcategory {
        name: "few",
        feature_nm: (30.0, 120.0),
        features_across: (50.0, 110.0),
        draw: few,
        guest: TIP,
    },
    Subcategory {
        name: "single_in_focus",
        feature_nm: (40.0, 160.0),
        features_across: (9.0, 22.0),
        draw: single_in_focus,
        guest: PARTICLES,
    },
    Subcategory {
        name: "parallel_forest",
        feature_nm: (40.0, 150.0),
        features_across: (50.0, 110.0),
        draw: parallel_forest,
        guest: None,
    },
    Subcategory {
        name: "forest_crust",
        feature_nm: (30.0, 90.0),
        features_across: (60.0, 130.0),
        draw: forest_crust,
        guest: None,
    },
];

/// Most of the wires then belong to the tip; those that lay there first are far below it.
const TIP: Option<Guest> = Some(Guest { category: "Tips", probability: 0.7, draw: tip_below });

fn entangled_mesh(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, _) = scene.half_field_nm();
    let coverage = scene.sample.range(0.9, 2.8);
    let length = half_width * scene.sample.range(0.4, 1.4);
    let waviness = scene.sample.range(0.02, 0.35);
    let layers_nm = diameter * scene.sample.range(8.0, 16.0);
    let dark = scene.sample.range(0.1, 0.3);
    scene.relief.depth_nm = layers_nm * 0.5;
    scene.relief.lay_ground(|_, _| (-diameter, dark));
    let (half_width, half_height) = scene.half_field_nm();
    let num_wires = (coverage * 4.0 * half_width * half_height / (length * diameter)) as usize;
    for _ in 0..num_wires.min(600) {
        let (x, y) = scene.anywhere(0.15);
        let depth = scene.place.unit();
        let radius = diameter / 2.0 * scene.place.range(0.75, 1.25);
        let wire = wandering(scene, Point::new(x, y, depth * layers_nm), length, waviness);
        scene.relief.tube(&wire, radius, radius, 0.45 + 0.5 * depth);
    }
}

fn few(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let num_wires = scene.sample.count(4, 22);
    let typical_length = diameter * scene.sample.range(14.0, 40.0);
    let waviness = scene.sample.range(0.0, 0.06);
    lay_substrate(scene);
    for index in 0..num_wires {
        let (x, y) = if index == 0 { (0.0, 0.0) } else { scene.anywhere(-0.05) };
        let radius = diameter / 2.0 * scene.place.range(0.7, 1.3);
        let length = typical_length * scene.place.range(0.5, 1.3);
        let wire = wandering(scene, Point::new(x, y, radius), length, waviness);
        scene.relief.tube(&wire, radius, radius * 0.85, 1.0);
    }
    scene.relief.depth_nm = diameter * 1.5;
}

/// Wires stuck to a conical tip that comes from below.
fn tip_below(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (_, half_height) = scene.half_field_nm();
    let shank = half_height * scene.sample.range(0.5, 0.8);
    let apex =
        Point::new(scene.place.range(-0.2, 0.2) * half_height, -0.3 * half_height, diameter * 2.0);
    let base = Point::new(apex.x * 0.5, half_height * 1.6, -shank * 0.3);
    scene.relief.depth_nm = shank * 0.5;
    scene.relief.change_all(|_, _, height, electron_yield| (height - shank, electron_yield * 0.35));
    scene.relief.capsule(apex, base, (diameter * 0.8, shank), 0.75);
    let num_wires = scene.sample.count(10, 40);
    for _ in 0..num_wires {
        let along = scene.place.unit().powi(2);
        let start = Point::new(
            apex.x + (base.x - apex.x) * along,
            apex.y + (base.y - apex.y) * along,
            shank * 1.2,
        );
        let angle = scene.place.angle();
        let length = diameter * scene.place.range(6.0, 24.0);
        let points = [
            start.step(angle, shank * along * 0.8),
            start.step(angle, shank * along * 0.8 + length),
        ];
        scene.relief.tube(&points, diameter * 0.5, diameter * 0.4, 1.1);
    }
}

fn single_in_focus(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let spans_picture = scene.sample.chance(0.5);
    let num_behind = scene.sample.count(0, 9);
    lay_substrate(scene);
    scene.relief.depth_nm = diameter * 2.5;
    let focus_height = diameter * 7.0;
    scene.relief.focus_height_nm = Some(focus_height);
    for _ in 0..num_behind {
        let (x, y) = scene.anywhere(0.1);
        let radius = diameter * scene.place.range(0.35, 0.6);
        let depth = scene.place.range(0.5, 4.0) * diameter;
        let length = half_width * scene.place.range(0.8, 2.5);
        let wire = wandering(scene, Point::new(x, y, depth), length, 0.02);
        scene.relief.tube(&wire, radius, radius, 0.5);
    }
    let angle = scene.place.angle();
    let reach =
        if spans_picture { half_width * 1.5 } else { half_height * scene.place.range(0.8, 1.3) };
    let middle = Point::new(0.0, 0.0, focus_height);
    let (start, end) = (middle.step(angle, -reach), middle.step(angle, reach * 0.6));
    let radius = diameter / 2.0;
    scene.relief.tube(&[start, end], radius * 1.1, radius * 0.9, 0.95);
    // Many wires still carry the droplet that they grew from.
    if scene.sample.chance(0.5) {
        scene.relief.ball(end, radius * 1.25, 1.2);
    }
    let texture_size = diameter * 0.25;
    scene.relief.roughen(&mut scene.place, texture_size, diameter * 0.015);
}

/// A forest seen from the side: upright wires, the front ones hiding the feet of those behind.
fn parallel_forest(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let (half_width, half_height) = scene.half_field_nm();
    let spacing = diameter * scene.sample.range(2.0, 5.0);
    let length = half_height * scene.sample.range(0.25, 0.7);
    let lean = scene.sample.range(-0.25, 0.25);
    let spread = scene.sample.range(0.02, 0.13);
    let has_droplets = scene.sample.chance(0.5);
    let regular = scene.sample.chance(0.35);
    let ground = scene.sample.range(0.15, 0.35);
    scene.relief.depth_nm = length;
    scene.relief.lay_ground(|_, y| (y - half_height * 4.0, ground));
    let row_step = spacing * scene.sample.range(0.5, 1.0);
    let num_rows = ((2.0 * half_height + length) / row_step) as usize;
    let num_columns = (2.4 * half_width / spacing) as usize;
    for row in 0..num_rows {
        let base_y = row as f32 * row_step - half_height;
        for column in 0..num_columns {
            let wobble = if regular { 0.08 } else { 0.6 };
            let x = (column as f32 + 0.5 * (row % 2) as f32) * spacing - half_width * 1.2
                + spacing * wobble * scene.place.bell();
            let y = base_y + row_step * wobble * scene.place.bell();
            let tall = length * (1.0 + 0.1 * scene.place.bell());
            let tilt = lean + spread * scene.place.bell() - std::f32::consts::FRAC_PI_2;
            // Nearer the observer means lower in the picture, hence higher here.
            let foot = Point::new(x, y, y);
            let mut head = foot.step(tilt, tall);
            head.z = foot.z + diameter;
            scene.relief.capsule(foot, head, (diameter * 0.5, diameter * 0.42), 0.8);
            if has_droplets {
                scene.relief.ball(head, diameter * 0.62, 1.15);
            }
        }
    }
    scene.relief.depth_nm = length * 0.6;
}

/// A forest from above whose wires have clung together into ridges: its crust.
fn forest_crust(scene: &mut Scene) {
    let diameter = scene.feature_nm;
    let clump = diameter * scene.sample.range(9.0, 20.0);
    let height = diameter * 8.0;
    let crusted = scene.sample.range(0.0, 0.5);
    scene.relief.depth_nm = height * 0.6;
    // Between the clumps one looks down on single wires: a carpet of dark dots.
    let carpet = Texture::hills(&mut scene.place, diameter * 2.2, 1);
    scene.relief.lay_ground(|x, y| {
        let dot = carpet.at(x, y).max(0.0);
        (height * (0.6 * dot - 0.5), 0.2 + 0.3 * dot)
    });
    let num_clumps = scene.number_to_cover(clump, 2.2).min(500);
    for _ in 0..num_clumps {
        let (x, y) = scene.anywhere(0.1);
        let top = Point::new(x, y, height * scene.place.range(0.7, 1.0));
        for _ in 0..scene.place.count(10, 18) {
            let angle = scene.place.angle();
            let mut foot = top.step(angle, clump * scene.place.range(0.4, 1.0));
            foot.z = 0.0;
            let mut middle = top.step(angle + 0.25 * scene.place.bell(), clump * 0.25);
            middle.z = top.z * 0.8;
            scene.relief.tube(&[top, middle, foot], diameter * 0.5, diameter * 0.45, 0.85);
        }
    }
    // The crust: a continuous skin in places, broken where the wires show.
    let skin = Texture::hills(&mut scene.place, clump * 2.5, 3);
    scene.relief.change_all(|x, y, below, electron_yield| {
        let cover = skin.at(x, y) + crusted - 0.45;
        let top = height * (0.85 + 0.2 * cover);
        if cover > 0.0 && top > below { (top, 0.75) } else { (below, electron_yield) }
    });
    scene.relief.roughen(&mut scene.place, diameter * 0.8, diameter * 0.3);
}

fn lay_substrate(scene: &mut Scene) {
    let grey = scene.sample.range(0.2, 0.5);
    let roughness = scene.feature_nm * scene.sample.range(0.0, 0.04);
    let hills = Texture::hills(&mut scene.place, scene.feature_nm * 1.5, 2);
    scene.relief.lay_ground(|x, y| (roughness * hills.at(x, y), grey));
}

/// A wire through `middle` whose direction drifts as it goes.
fn wandering(scene: &mut Scene, middle: Point, length: f32, waviness: f32) -> Vec<Point> {
    const NUM_STEPS: usize = 14;
    let mut angle = scene.place.angle();
    let mut point = middle.step(angle, -length / 2.0);
    let mut points = vec![point];
    for _ in 0..NUM_STEPS {
        angle += waviness * scene.place.bell();
        point = point.step(angle, length / NUM_STEPS as f32);
        points.push(point);
    }
    points
}
