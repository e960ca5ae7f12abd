//! The header that SmartSEM keeps in TIFF tag 34118: numbers by line, then keys and texts.

use super::acquisition::{Acquisition, Moment};
use super::number_text::{exponent, length};

/// The TIFF tag.
pub const TAG: u16 = 34118;

/// The tag's bytes: Latin-1, lines ended by CR LF, a final zero.
pub fn bytes(acquisition: &Acquisition, group: &str, file_name: &str) -> Vec<u8> {
    let entries = entries(acquisition, group, file_name);
    let mut lines = vec!["0".to_owned(), "0".to_owned()];
    for zone in 0..4 {
        lines.push(zone.to_string());
        lines.extend(zone_numbers(acquisition));
    }
    lines.push(entries.len().to_string());
    for (key, text) in entries {
        lines.push(key.to_owned());
        lines.push(text);
    }
    let mut text = lines.join("\r\n");
    text.push_str("\r\n\0");
    // Everything written here lies in Latin-1, whose codes are Unicode's first 256.
    text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

/// The block before the keys: pixel size, magnification and so on in SI units.
fn zone_numbers(acquisition: &Acquisition) -> [String; 7] {
    [
        exponent(acquisition.nm_per_px * 1e-9, 6),
        exponent(acquisition.magnification, 6),
        "6".to_owned(),
        exponent(acquisition.accelerating_voltage_kv * 1e3, 6),
        exponent(2.3, 6),
        exponent(acquisition.beam_current_pa * 1e-12, 6),
        exponent(acquisition.working_distance_mm * 1e-3, 6),
    ]
}

fn entries(acquisition: &Acquisition, group: &str, file_name: &str) -> Vec<(&'static str, String)> {
    let a = acquisition;
    let pixel_size = length(a.nm_per_px);
    let moment = &a.taken;
    vec![
        ("DP_DETECTOR_CHANNEL", format!("Signal A = {}", a.detector)),
        ("DP_DETECTOR_TYPE", format!("Detector = {}", a.detector)),
        ("DP_IMAGE_STORE", format!("Store resolution = {} * {}", a.width_px, a.full_height_px())),
        ("DP_SCANRATE", "Scan Speed = 6".to_owned()),
        ("DP_NOISE_REDUCTION", "Noise Reduction = Line Avg".to_owned()),
        ("DP_DWELL_TIME", format!("Dwell Time = {:.1} µs", a.dwell_time_us)),
        ("DP_VACSTATUS", "Vac Status = Ready".to_owned()),
        ("DP_SEM", "Sem = Synthetic".to_owned()),
        ("AP_WD", format!("WD = {:4.1} mm", a.working_distance_mm)),
        ("AP_MAG", format!("Mag = {}", magnification_text(a.magnification))),
        ("AP_ACTUALKV", format!("EHT = {:5.2} kV", a.accelerating_voltage_kv)),
        ("AP_MANUALKV", format!("EHT Target = {:5.2} kV", a.accelerating_voltage_kv)),
        ("AP_IPROBE", format!("I Probe = {:6.1} pA", a.beam_current_pa)),
        ("AP_BRIGHTNESS", "Brightness =  48.0 %".to_owned()),
        ("AP_CONTRAST", "Contrast =  31.0 %".to_owned()),
        ("AP_TILT_ANGLE", format!("Tilt Angle = {:5.1} °", a.tilt_deg)),
        ("AP_PIXEL_SIZE", format!("Pixel Size = {pixel_size}")),
        ("AP_IMAGE_PIXEL_SIZE", format!("Image Pixel Size = {pixel_size}")),
        ("AP_WIDTH", format!("Width = {}", length(a.field_width_nm()))),
        ("AP_HEIGHT", format!("Height = {}", length(a.field_height_nm()))),
        ("AP_SYSTEM_VAC", format!("System Vacuum = {} mbar", exponent(a.pressure_pa / 100.0, 2))),
        ("AP_STAGE_AT_X", format!("Stage at X = {:.4} mm", a.stage_x_mm)),
        ("AP_STAGE_AT_Y", format!("Stage at Y = {:.4} mm", a.stage_y_mm)),
        ("AP_STAGE_AT_Z", format!("Stage at Z = {:.3} mm", a.stage_z_mm)),
        ("AP_STAGE_AT_T", format!("Stage at T = {:5.1} °", a.tilt_deg)),
        ("AP_STAGE_AT_R", "Stage at R =   0.0 °".to_owned()),
        ("AP_DATE", format!("Date :{}", date_text(moment))),
        ("AP_TIME", format!("Time :{}:{:02}:{:02}", moment.hour, moment.minute, moment.second)),
        ("SV_SAMPLE_ID", format!("Sample ID = {group}")),
        ("SV_USER_TEXT", "User Text = Synthetic image, computed and not measured".to_owned()),
        ("SV_SERIAL_NUMBER", "Serial No. = SYNTHETIC-00-00".to_owned()),
        ("SV_VERSION", "Version = V00.00.00.00 : Semblance".to_owned()),
        ("SV_OPERATOR", "Operator = synthetic".to_owned()),
        ("SV_USER_NAME", "User Name = synthetic".to_owned()),
        ("SV_FILE_NAME", format!("File Name = {file_name}")),
    ]
}

/// `  10.00 K X` from a thousand on, `  500 X` below.
pub fn magnification_text(magnification: f64) -> String {
    if magnification < 1_000.0 {
        format!("{magnification:5} X")
    } else {
        format!("{:7.2} K X", magnification / 1_000.0)
    }
}

/// `9 Dec 2019`
pub fn date_text(moment: &Moment) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{} {} {}", moment.day, MONTHS[moment.month - 1], moment.year)
}
