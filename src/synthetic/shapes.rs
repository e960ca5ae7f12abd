//! The solid bodies that scenes are made of, seen from above.

use super::dice::Dice;
use super::relief::{Bounds, Relief};

/// A point on the specimen; `z` towards the observer. Nanometres.
#[derive(Clone, Copy)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

impl Point {
    pub fn new(x: f32, y: f32, z: f32) -> Self {
        Self { x, y, z }
    }

    /// The point at `distance` in direction `angle`, at the same height.
    pub fn step(self, angle: f32, distance: f32) -> Self {
        Self::new(self.x + distance * angle.cos(), self.y + distance * angle.sin(), self.z)
    }
}

impl Relief {
    /// A ball with its centre at `centre`.
    pub fn ball(&mut self, centre: Point, radius_nm: f32, electron_yield: f32) {
        let bounds = Bounds::around(centre.x, centre.y, radius_nm);
        self.stamp(bounds, |x, y| {
            let (dx, dy) = (x - centre.x, y - centre.y);
            let rest = radius_nm * radius_nm - dx * dx - dy * dy;
            (rest > 0.0).then(|| (centre.z + rest.sqrt(), electron_yield))
        });
    }

    /// A round rod through `points`, tapering from one radius to the other.
    pub fn tube(
        &mut self,
        points: &[Point],
        start_radius_nm: f32,
        end_radius_nm: f32,
        electron_yield: f32,
    ) {
        let num_segments = points.len().saturating_sub(1).max(1) as f32;
        for (index, ends) in points.windows(2).enumerate() {
            let radius_at =
                |at: f32| start_radius_nm + (end_radius_nm - start_radius_nm) * at / num_segments;
            let radii = (radius_at(index as f32), radius_at(index as f32 + 1.0));
            self.capsule(ends[0], ends[1], radii, electron_yield);
        }
    }

    /// One straight piece of rod with round ends.
    pub fn capsule(&mut self, from: Point, to: Point, radii_nm: (f32, f32), electron_yield: f32) {
        let reach = radii_nm.0.max(radii_nm.1);
        let bounds = Bounds {
            left: from.x.min(to.x) - reach,
            right: from.x.max(to.x) + reach,
            top: from.y.min(to.y) - reach,
            bottom: from.y.max(to.y) + reach,
        };
        let (ax, ay) = (to.x - from.x, to.y - from.y);
        let length_squared = (ax * ax + ay * ay).max(f32::MIN_POSITIVE);
        self.stamp(bounds, |x, y| {
            let (dx, dy) = (x - from.x, y - from.y);
            let along = ((dx * ax + dy * ay) / length_squared).clamp(0.0, 1.0);
            let radius = radii_nm.0 + (radii_nm.1 - radii_nm.0) * along;
            let (ex, ey) = (dx - ax * along, dy - ay * along);
            let rest = radius * radius - ex * ex - ey * ey;
            (rest > 0.0).then(|| (from.z + (to.z - from.z) * along + rest.sqrt(), electron_yield))
        });
    }

    /// An ellipsoid lying on the specimen, its long half axis in direction `angle`.
    pub fn ellipsoid(
        &mut self,
        centre: Point,
        half_axes_nm: [f32; 3],
        angle: f32,
        electron_yield: f32,
    ) {
        let [long, broad, tall] = half_axes_nm;
        let (sin, cos) = angle.sin_cos();
        self.stamp(Bounds::around(centre.x, centre.y, long.max(broad)), |x, y| {
            let (dx, dy) = (x - centre.x, y - centre.y);
            let along = (dx * cos + dy * sin) / long;
            let across = (dy * cos - dx * sin) / broad;
            let rest = 1.0 - along * along - across * across;
            (rest > 0.0).then(|| (centre.z + tall * rest.sqrt(), electron_yield))
        });
    }

    /// A flat-topped block, its long side in direction `angle`; `z` of `centre` is its top.
    pub fn block(
        &mut self,
        centre: Point,
        half_length_nm: f32,
        half_width_nm: f32,
        angle: f32,
        electron_yield: f32,
    ) {
        let (sin, cos) = angle.sin_cos();
        let reach_x = half_length_nm * cos.abs() + half_width_nm * sin.abs();
        let reach_y = half_length_nm * sin.abs() + half_width_nm * cos.abs();
        let wear_nm = 0.06 * half_width_nm.min(half_length_nm);
        let bounds = Bounds {
            left: centre.x - reach_x,
            right: centre.x + reach_x,
            top: centre.y - reach_y,
            bottom: centre.y + reach_y,
        };
        self.stamp(bounds, |x, y| {
            let (dx, dy) = (x - centre.x, y - centre.y);
            let from_end = half_length_nm - (dx * cos + dy * sin).abs();
            let from_side = half_width_nm - (dy * cos - dx * sin).abs();
            let from_edge = from_end.min(from_side);
            // Worn edges: a sharp one would be a single bright pixel at any magnification.
            let drop = (wear_nm - from_edge).max(0.0);
            (from_edge > 0.0).then_some((centre.z - drop, electron_yield))
        });
    }

    /// A broken grain: the body that random planes cut out of a ball.
    pub fn grain(
        &mut self,
        centre: Point,
        radius_nm: f32,
        num_faces: usize,
        dice: &mut Dice,
        electron_yield: f32,
    ) {
        let faces: Vec<[f32; 4]> = (0..num_faces)
            .map(|face| {
                // Every second face is a steep flank, which gives the outline its corners; the
                // others look up. Faces that look down are never seen.
                let is_flank = face % 2 == 0;
                let nz = if is_flank { dice.range(0.03, 0.3) } else { dice.range(0.45, 1.0) };
                let around = (face as f32 + 0.7 * dice.bell()) / num_faces as f32;
                let angle = std::f32::consts::TAU * around;
                let level = (1.0 - nz * nz).sqrt();
                let distance = radius_nm * dice.range(0.5, 0.8);
                [level * angle.cos(), level * angle.sin(), nz, distance]
            })
            .collect();
        self.stamp(Bounds::around(centre.x, centre.y, radius_nm), |x, y| {
            let (dx, dy) = (x - centre.x, y - centre.y);
            let rest = radius_nm * radius_nm - dx * dx - dy * dy;
            if rest <= 0.0 {
                return None;
            }
            let ball_top = rest.sqrt();
            let top = faces.iter().fold(ball_top, |top, [nx, ny, nz, distance]| {
                top.min((distance - nx * dx - ny * dy) / nz)
            });
            (top > 0.0).then_some((centre.z + top, electron_yield))
        });
    }
}
