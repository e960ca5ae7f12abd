//! What happens between the specimen and the stored picture: focus, charging, scan, noise.

use super::dice::Dice;
use super::relief::Relief;
use super::shading::box_blur;

/// The state of the column and detector during a session.
pub struct Detector {
    /// Radius of the defocused probe, pixels.
    pub defocus_px: f32,
    /// How much more blurred the vertical direction is; slight astigmatism.
    pub astigmatism_px: f32,
    /// Shot noise of a full-scale pixel, as a share of full scale.
    pub noise: f32,
    /// Strength of charging, 0 for a conducting specimen.
    pub charging: f32,
    /// How far lines are shifted, pixels.
    pub jitter_px: f32,
    /// Grey of the darkest and the brightest parts, 0 to 1.
    pub black: f32,
    pub white: f32,
    pub gamma: f32,
}

impl Detector {
    pub fn for_session(dice: &mut Dice) -> Self {
        let charges = dice.chance(0.18);
        let unsteady = dice.chance(0.12);
        Self {
            defocus_px: dice.pick(&[0.55, 0.6, 0.7, 0.8, 1.0, 1.6]) * dice.range(0.8, 1.2),
            astigmatism_px: if dice.chance(0.15) { dice.range(0.6, 1.6) } else { 0.0 },
            noise: dice.log_range(0.015, 0.1),
            charging: if charges { dice.range(0.25, 0.8) } else { 0.0 },
            jitter_px: if unsteady { dice.range(0.5, 1.4) } else { 0.0 },
            black: dice.range(0.02, 0.22),
            white: dice.range(0.62, 1.02),
            gamma: dice.range(0.8, 1.3),
        }
    }

    /// The recorded picture, 0 to 1, of a signal in any unit.
    pub fn record(&self, signal: Vec<f32>, relief: &Relief, dice: &mut Dice) -> Vec<f32> {
        let width = relief.view.width_px;
        let mut picture = self.focus(&signal, relief);
        stretch(&mut picture);
        if self.charging > 0.0 {
            picture = self.charge(&picture, width, dice);
        }
        if self.jitter_px > 0.0 {
            self.shift_lines(&mut picture, width, dice);
        }
        for value in &mut picture {
            let grey = self.black + (self.white - self.black) * value.max(0.0).powf(self.gamma);
            let noise = self.noise * (0.15 + 0.85 * grey.max(0.0).sqrt());
            *value = (grey + noise * dice.bell()).clamp(0.0, 1.0);
        }
        picture
    }

    fn focus(&self, signal: &[f32], relief: &Relief) -> Vec<f32> {
        let width = relief.view.width_px;
        let sharp = soften(signal, width, self.defocus_px, self.defocus_px + self.astigmatism_px);
        let Some(focus_height_nm) = relief.focus_height_nm else {
            return sharp;
        };
        let far_off = self.defocus_px + width as f32 / 130.0;
        let soft = soften(signal, width, far_off, far_off);
        // The choice between sharp and soft must itself be soft, or outlines of objects show.
        let out_of_focus: Vec<f32> = relief
            .height_nm
            .iter()
            .map(|height| {
                ((height - focus_height_nm).abs() / relief.depth_nm - 0.3).clamp(0.0, 1.0)
            })
            .collect();
        let out_of_focus = box_blur(&out_of_focus, width, 2, 2);
        sharp
            .iter()
            .zip(&soft)
            .zip(&out_of_focus)
            .map(|((sharp, soft), share)| sharp + (soft - sharp) * share)
            .collect()
    }

    /// Bright parts drag a bright tail along their lines and darken their surroundings.
    fn charge(&self, picture: &[f32], width: usize, dice: &mut Dice) -> Vec<f32> {
        let glow: Vec<f32> = picture.iter().map(|value| (value - 0.75).max(0.0)).collect();
        let halo = soften(&glow, width, width as f32 / 18.0, width as f32 / 60.0);
        let mut charged = Vec::with_capacity(picture.len());
        let decay = 0.985;
        let mut line_strength = 0.0;
        for (row, line) in picture.chunks_exact(width).enumerate() {
            // Charge is lost in bursts, so lines differ, though neighbours look alike.
            line_strength = 0.7 * line_strength + 0.3 * (dice.bell() + 0.3).max(0.0);
            let mut tail = 0.0;
            for (column, value) in line.iter().enumerate() {
                let at = row * width + column;
                tail = tail * decay + 0.05 * glow[at] * line_strength;
                charged.push(value + self.charging * (1.5 * tail - 1.8 * halo[at]));
            }
        }
        charged
    }

    fn shift_lines(&self, picture: &mut [f32], width: usize, dice: &mut Dice) {
        let mut drift_px = 0.0;
        for line in picture.chunks_exact_mut(width) {
            drift_px = 0.9 * drift_px + 0.3 * self.jitter_px * dice.bell();
            let shift = drift_px.round() as isize;
            let original = line.to_vec();
            for (column, value) in line.iter_mut().enumerate() {
                let from = (column as isize + shift).clamp(0, width as isize - 1);
                *value = original[from as usize];
            }
        }
    }
}

/// A bell-shaped blur of about the given radii, whole pixels by boxes, the rest by mixing.
fn soften(image: &[f32], width: usize, radius_x_px: f32, radius_y_px: f32) -> Vec<f32> {
    let mut soft = image.to_vec();
    // Three boxes come close to a bell; for a small radius one is enough.
    for _ in 0..if radius_x_px.max(radius_y_px) > 2.0 { 3 } else { 1 } {
        let (reach_x, reach_y) = (radius_x_px.ceil() as usize, radius_y_px.ceil() as usize);
        let box_blurred = box_blur(&soft, width, reach_x, reach_y);
        let share = (radius_x_px + radius_y_px) / (reach_x + reach_y) as f32;
        for (value, blurred) in soft.iter_mut().zip(box_blurred) {
            *value += (blurred - *value) * share;
        }
    }
    soft
}

/// Where the compression of bright parts begins.
const SHOULDER: f32 = 0.75;

/// Spreads the picture so that all but its extremes lie between 0 and 1.
fn stretch(picture: &mut [f32]) {
    let mut sorted: Vec<f32> = picture.iter().step_by(7).copied().collect();
    sorted.sort_by(f32::total_cmp);
    let at_share = |share: f32| sorted[((sorted.len() - 1) as f32 * share) as usize];
    let (dark, bright) = (at_share(0.01), at_share(0.996));
    let scale = 1.0 / (bright - dark).max(1e-6);
    for value in picture {
        let spread = ((*value - dark) * scale).max(-0.2);
        // Bright parts are compressed, so that few of them are burnt out.
        let excess = (spread - SHOULDER).max(0.0);
        *value = spread - excess + 0.4 * (excess / (excess + 0.4));
    }
}
