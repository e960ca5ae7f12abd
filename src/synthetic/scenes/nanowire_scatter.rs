//! Nanowires as guests: fallen across the electrodes of a device.

use super::super::shapes::Point;
use super::Scene;

/// Wires a tenth of the device's features thick, lying on whatever is there.
pub fn across_device(scene: &mut Scene) {
    let radius = scene.feature_nm * scene.sample.range(0.03, 0.07);
    let num_wires = scene.sample.count(8, 45);
    let top = scene.relief.depth_nm;
    let electron_yield = scene.sample.range(0.9, 1.2);
    for _ in 0..num_wires {
        let (x, y) = scene.anywhere(-0.1);
        let length = scene.feature_nm * scene.place.range(1.5, 5.0);
        let angle = scene.place.angle();
        // Above the highest finger: a wire bridges gaps, it does not follow the ground.
        let middle = Point::new(x, y, top * 1.05 + scene.place.unit() * radius * 2.0);
        let bend = scene.place.range(-0.15, 0.15);
        let points = [
            middle.step(angle + bend, -length / 2.0),
            middle,
            middle.step(angle - bend, length / 2.0),
        ];
        scene.relief.tube(&points, radius, radius, electron_yield);
    }
}
