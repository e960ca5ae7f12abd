//! Renders one planned image, from scene to finished grey values.

use super::acquisition::Acquisition;
use super::data_bar;
use super::detector::Detector;
use super::dice::Dice;
use super::drawings;
use super::grey_plane::GreyPlane;
use super::plan::ImagePlan;
use super::relief::{Relief, View};
use super::scenes::Scene;
use super::shading::{self, Lighting};

/// The picture with everything that is burnt into its pixels, data bar included.
pub fn render(seed: u64, plan: &ImagePlan, acquisition: &Acquisition) -> GreyPlane {
    let view = View {
        width_px: acquisition.width_px,
        height_px: acquisition.height_px,
        nm_per_px: acquisition.nm_per_px as f32,
        zoom: plan.zoom as f32,
        centre_x_nm: 0.0,
        centre_y_nm: 0.0,
    };
    let mut scene = Scene {
        relief: Relief::new(view),
        feature_nm: acquisition.feature_nm as f32,
        sample: Dice::new(seed, &format!("{}/sample", plan.group)),
        place: Dice::new(seed, &format!("{}/place", plan.place)),
    };
    (plan.subcategory.draw)(&mut scene);
    if let Some(guest) = plan.guest {
        (guest.draw)(&mut scene);
    }
    let relief = scene.relief;

    let mut session = Dice::new(seed, &format!("{}/detector", plan.group));
    let lighting = Lighting {
        edge: session.range(0.15, 0.45),
        side: session.range(0.05, 0.4),
        detector_angle: session.angle(),
        hollow: session.range(0.15, 0.45),
    };
    let detector = Detector::for_session(&mut session);
    let light_bar = session.chance(0.2);
    let mut shot = Dice::new(seed, &format!("{}/{}/shot", plan.category, plan.index));
    let signal = shading::shade(&relief, &lighting);
    let mut picture = GreyPlane {
        width_px: view.width_px,
        height_px: view.height_px,
        grey: detector.record(signal, &relief, &mut shot),
    };
    if plan.burnt_in_drawing {
        drawings::burn_in(&mut picture, acquisition.nm_per_px, &mut shot);
    }
    if acquisition.data_bar_height_px > 0 {
        picture.grey.extend(data_bar::draw(acquisition, light_bar).grey);
        picture.height_px = acquisition.full_height_px();
    }
    picture
}
