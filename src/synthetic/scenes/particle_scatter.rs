//! Particles as guests: sitting on wires, fibres, films and patterns.

use super::super::shapes::Point;
use super::Scene;

/// Small balls, each resting on whatever is there.
pub fn over_everything(scene: &mut Scene) {
    let typical_radius = scene.feature_nm * scene.sample.range(0.18, 0.4);
    let coverage = scene.sample.range(0.04, 0.14);
    let num_balls = scene.number_to_cover(2.0 * typical_radius, coverage).min(1500);
    let electron_yield = scene.sample.range(0.8, 1.0);
    for _ in 0..num_balls {
        let (x, y) = scene.anywhere(0.0);
        let radius = typical_radius * scene.place.range(0.6, 1.4);
        let centre = Point::new(x, y, scene.relief.height_near(x, y) + 0.6 * radius);
        scene.relief.ball(centre, radius, electron_yield);
    }
}
