//! Tips: probes, etched wires and needles that end in a point.

use super::super::relief::Bounds;
use super::super::shapes::Point;
use super::super::texture::Texture;
use super::{Scene, Subcategory};

/// The kinds of picture of this category. The feature is the thickness of the shank.
pub const SUBCATEGORIES: &[Subcategory] = &[
    Subcategory {
        name: "sharp_cone",
        feature_nm: (1_000.0, 20_000.0),
        features_across: (1.6, 4.0),
        draw: sharp_cone,
        guest: None,
    },
    Subcategory {
        name: "etched_wire",
        feature_nm: (20_000.0, 150_000.0),
        features_across: (2.0, 5.0),
        draw: etched_wire,
        guest: None,
    },
    Subcategory {
        name: "pyramid_on_cantilever",
        feature_nm: (4_000.0, 15_000.0),
        features_across: (2.2, 6.0),
        draw: pyramid_on_cantilever,
        guest: None,
    },
    Subcategory {
        name: "blunted",
        feature_nm: (500.0, 5_000.0),
        features_across: (1.5, 3.0),
        draw: blunted,
        guest: None,
    },
];

/// A body of revolution seen from the side, its apex near the middle of the picture.
struct Needle {
    apex: Point,
    /// Direction from the apex to the shank, radians.
    angle: f32,
    shank_radius: f32,
    apex_radius: f32,
}

impl Needle {
    fn aim(scene: &mut Scene, shank_radius: f32, apex_radius: f32) -> Self {
        let (half_width, half_height) = scene.half_field_nm();
        let apex = Point::new(
            0.06 * half_width * scene.place.bell().clamp(-1.5, 1.5),
            0.06 * half_height * scene.place.bell().clamp(-1.5, 1.5),
            0.0,
        );
        let sideways =
            scene.sample.pick(&[0.0, std::f32::consts::FRAC_PI_2, std::f32::consts::PI, 0.6, 2.5]);
        Self { apex, angle: sideways + 0.08 * scene.place.bell(), shank_radius, apex_radius }
    }

    /// Draws it with the radius growing from the apex as `profile` says (0 to 1 of the shank).
    fn draw(&self, scene: &mut Scene, electron_yield: f32, profile: impl Fn(f32) -> f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (half_width, half_height) = scene.half_field_nm();
        let bounds = Bounds::around(0.0, 0.0, half_width.max(half_height));
        scene.relief.stamp(bounds, |x, y| {
            let (dx, dy) = (x - self.apex.x, y - self.apex.y);
            let along = dx * cos + dy * sin;
            let across = dy * cos - dx * sin;
            if along <= 0.0 {
                return None;
            }
            // The apex itself is a ball, from which the shank widens.
            let below_top = self.apex_radius - along.min(self.apex_radius);
            let ball_radius = (self.apex_radius.powi(2) - below_top.powi(2)).sqrt();
            let widening = profile(along) * self.shank_radius;
            let radius = (ball_radius + widening).min(self.shank_radius);
            let rest = radius * radius - across * across;
            (rest > 0.0).then(|| (self.apex.z + rest.sqrt(), electron_yield))
        });
    }
}

fn sharp_cone(scene: &mut Scene) {
    let shank = scene.feature_nm;
    let (half_width, _) = scene.half_field_nm();
    lay_far_background(scene);
    let sharpness = shank * scene.sample.range(0.004, 0.03);
    let opening = scene.sample.range(0.12, 0.4);
    let needle = Needle::aim(scene, half_width, sharpness);
    needle.draw(scene, 0.75, |along| (opening * along / half_width).min(1.0));
    scene.relief.roughen(&mut scene.place, shank * 0.05, shank * 0.003);
}

/// Electrochemically etched: a thick wire that thins out in a hollow curve.
fn etched_wire(scene: &mut Scene) {
    let wire = scene.feature_nm;
    lay_far_background(scene);
    let neck = wire * scene.sample.range(0.8, 2.0);
    let power = scene.sample.range(1.4, 2.6);
    let grooves = scene.sample.chance(0.6);
    let needle = Needle::aim(scene, wire * 0.5, wire * 0.004);
    needle
        .draw(scene, 0.7, |along| (0.8 * (along / neck).powf(power) + 0.2 * along / neck).min(1.0));
    let (sin, cos) = needle.angle.sin_cos();
    let drawn = Texture::hills(&mut scene.place, wire * 0.08, 2);
    let in_wire = -wire * 0.5;
    scene.relief.change_all(|x, y, height, electron_yield| {
        if height < in_wire || !grooves {
            return (height, electron_yield);
        }
        let along = (x * cos + y * sin) * 0.1;
        (height + wire * 0.008 * drawn.at(along, y * cos - x * sin), electron_yield)
    });
}

/// An AFM probe from above: a four-sided pyramid near the end of its lever.
fn pyramid_on_cantilever(scene: &mut Scene) {
    let half_base = scene.feature_nm * 0.5;
    let (half_width, half_height) = scene.half_field_nm();
    lay_far_background(scene);
    let lever = half_base * scene.sample.range(1.5, 2.4);
    let (steepness, pointed) = (scene.sample.range(0.8, 1.6), scene.sample.chance(0.6));
    let angle = scene.sample.pick(&[0.0, std::f32::consts::FRAC_PI_2, std::f32::consts::PI])
        + 0.05 * scene.place.bell();
    // Seen a little from the side, so the apex is not in the middle of its base.
    let skew = half_base * scene.sample.range(-0.5, 0.5);
    let (sin, cos) = angle.sin_cos();
    let reach = half_width.max(half_height);
    let overhang = half_base * scene.sample.range(1.2, 2.2);
    scene.relief.depth_nm = half_base;
    scene.relief.stamp(Bounds::around(0.0, 0.0, reach), |x, y| {
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        // The lever ends at −overhang, as a point or square.
        let room = if pointed { (u + overhang + lever * 0.3) * 1.1 } else { lever };
        if u < -overhang || v.abs() > lever.min(room) {
            return None;
        }
        let side = |distance: f32, shift: f32| {
            let half = if distance > shift { half_base - shift } else { half_base + shift };
            1.0 - (distance - shift).abs() / half
        };
        let rise = side(u, skew).min(side(v, 0.0)).max(0.0);
        Some((half_base * steepness * rise, 0.6 + 0.15 * rise))
    });
    scene.relief.roughen(&mut scene.place, half_base * 0.12, half_base * 0.006);
}

/// A worn tip: round end, a lump of debris, perhaps a collar.
fn blunted(scene: &mut Scene) {
    let shank = scene.feature_nm;
    lay_far_background(scene);
    let blunt = shank * scene.sample.range(0.12, 0.3);
    let opening = scene.sample.range(0.08, 0.3);
    let num_lumps = scene.sample.count(0, 14);
    let needle = Needle::aim(scene, shank, blunt);
    needle.draw(scene, 0.7, |along| opening * along / shank);
    for _ in 0..num_lumps {
        let along = scene.place.unit() * shank;
        let side = scene.place.range(-0.7, 0.7) * blunt;
        let spot = needle.apex.step(needle.angle, along + blunt * 0.5);
        let mut spot = spot.step(needle.angle + std::f32::consts::FRAC_PI_2, side);
        spot.z = blunt * 0.8;
        scene.relief.ball(spot, blunt * scene.place.log_range(0.06, 0.35), 0.85);
    }
    scene.relief.roughen(&mut scene.place, shank * 0.06, shank * 0.008);
}

/// Far below the tip, out of focus.
fn lay_far_background(scene: &mut Scene) {
    let size = scene.feature_nm;
    let grey = scene.sample.range(0.06, 0.3);
    let blotchy = scene.sample.range(0.0, 0.12);
    let blotches = Texture::hills(&mut scene.place, size * 1.5, 1);
    scene.relief.lay_ground(|x, y| (-size * 3.0, grey + blotchy * blotches.at(x, y)));
    scene.relief.depth_nm = size;
    scene.relief.focus_height_nm = Some(0.0);
}
