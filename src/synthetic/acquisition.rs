//! The settings of the imagined instrument: one source for header, manifest and data bar.

use super::dice::Dice;
use super::number_text::to_digits;
use super::plan::ImagePlan;

/// Whose header layout is followed.
#[derive(Clone, Copy, PartialEq)]
pub enum Vendor {
    Zeiss,
    Fei,
}

impl Vendor {
    pub fn name(self) -> &'static str {
        match self {
            Self::Zeiss => "Zeiss",
            Self::Fei => "FEI",
        }
    }

    /// The width of picture that the magnification refers to.
    pub fn reference_width_nm(self) -> f64 {
        match self {
            Self::Zeiss => 114.3e6,
            Self::Fei => 207.2e6,
        }
    }
}

/// How an image was taken.
pub struct Acquisition {
    pub vendor: Vendor,
    /// Size of the picture, without the data bar.
    pub width_px: usize,
    pub height_px: usize,
    pub data_bar_height_px: usize,
    pub bit_depth: u8,
    pub feature_nm: f64,
    pub magnification: f64,
    pub nm_per_px: f64,
    pub accelerating_voltage_kv: f64,
    pub working_distance_mm: f64,
    pub beam_current_pa: f64,
    pub dwell_time_us: f64,
    pub pressure_pa: f64,
    pub detector: &'static str,
    pub stage_x_mm: f64,
    pub stage_y_mm: f64,
    pub stage_z_mm: f64,
    pub tilt_deg: f64,
    pub taken: Moment,
}

/// A date and time of day.
pub struct Moment {
    pub year: u32,
    pub month: usize,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
}

impl Acquisition {
    pub fn new(seed: u64, plan: &ImagePlan) -> Self {
        // What stays the same during a session comes first, from the session's dice.
        let mut session = Dice::new(seed, &format!("{}/instrument", plan.group));
        let vendor = session.pick(&[Vendor::Zeiss, Vendor::Fei]);
        let (width_px, height_px) = session.pick(&[(512, 384), (640, 480), (640, 480), (768, 512)]);
        let bar_share = session.range(0.065, 0.09);
        let has_bar = session.chance(0.93);
        let bit_depth = if session.chance(0.1) { 16 } else { 8 };
        let (low, high) = plan.subcategory.feature_nm;
        let feature_nm = f64::from(session.log_range(low, high));
        let detector = match vendor {
            Vendor::Zeiss => session.pick(&["InLens", "InLens", "SE2", "BSD"]),
            Vendor::Fei => session.pick(&["ETD", "ETD", "TLD", "BSED"]),
        };
        let accelerating_voltage_kv = session.pick(&[1.0, 2.0, 3.0, 5.0, 5.0, 10.0, 15.0, 20.0]);
        let working_distance_mm = tenths(session.range(2.5, 12.0));
        let beam_current_pa = session.pick(&[25.0, 50.0, 100.0, 200.0, 400.0]);
        let dwell_time_us = session.pick(&[1.0, 3.0, 10.0, 30.0]);
        let pressure_pa = to_digits(f64::from(session.log_range(1e-4, 1e-3)), 3);
        let stage_z_mm = tenths(session.range(4.0, 40.0));
        let tilt_deg = session.pick(&[0.0, 0.0, 0.0, 15.0, 30.0, 45.0]);
        let mut taken = Moment {
            year: session.count(2023, 2025) as u32,
            month: session.count(1, 12),
            day: session.count(1, 28) as u32,
            hour: session.count(8, 18) as u32,
            minute: session.count(0, 40) as u32,
            second: 0,
        };

        let mut place = Dice::new(seed, &format!("{}/instrument", plan.place));
        let (few, many) = plan.subcategory.features_across;
        // A zoom series starts from far away, or its closest picture would show nothing.
        let few = if plan.zoom_series.is_some() { (few * many).sqrt() } else { few };
        let features_across = f64::from(place.log_range(few, many));
        let widest = vendor.reference_width_nm() / (feature_nm * features_across);
        let magnification = nice_magnification(widest) * plan.zoom;
        let stage_x_mm = tenths(place.range(40.0, 80.0));
        let stage_y_mm = tenths(place.range(40.0, 80.0));

        taken.minute += plan.shot as u32 * 4;
        taken.second = Dice::new(seed, &format!("{}/{}/second", plan.category, plan.index))
            .count(0, 59) as u32;
        Self {
            vendor,
            width_px,
            height_px,
            data_bar_height_px: if has_bar {
                (height_px as f32 * bar_share).round() as usize
            } else {
                0
            },
            bit_depth,
            feature_nm,
            magnification,
            // Four digits are what a header shows; exactly these are used for everything.
            nm_per_px: to_digits(vendor.reference_width_nm() / magnification / width_px as f64, 4),
            accelerating_voltage_kv,
            working_distance_mm,
            beam_current_pa,
            dwell_time_us,
            pressure_pa,
            detector,
            stage_x_mm,
            stage_y_mm,
            stage_z_mm,
            tilt_deg,
            taken,
        }
    }

    pub fn field_width_nm(&self) -> f64 {
        self.nm_per_px * self.width_px as f64
    }

    pub fn field_height_nm(&self) -> f64 {
        self.nm_per_px * self.height_px as f64
    }

    /// Height of the stored image.
    pub fn full_height_px(&self) -> usize {
        self.height_px + self.data_bar_height_px
    }
}

/// The operator's habit: 1.2, 1.5, 2 … times a power of ten, not above `widest`.
fn nice_magnification(widest: f64) -> f64 {
    let decade = 10_f64.powf(widest.log10().floor());
    let steps = [8.0, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 1.5, 1.2, 1.0];
    let step = steps.into_iter().find(|step| step * decade <= widest).unwrap_or(1.0);
    // Below ten there are no decimals, and 2.5 times must still be a tidy number.
    (step * decade).max(10.0)
}

fn tenths(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}
