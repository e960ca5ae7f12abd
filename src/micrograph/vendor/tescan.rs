//! TESCAN: key and value in SI units, in tag 50431 or in an `.hdr` file beside the image.

use super::super::{InstrumentRecord, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, MAGNIFICATION, PRESSURE, Quantity, TIME, VOLTAGE};
use super::time::{self, YEAR_FIRST};
use super::values::Values;
use crate::text;

/// Whether `text` is an `.hdr` file's.
pub(super) fn recognises(text: &str) -> bool {
    let keys = ["AccFrames=", "Device=", "Magnification=", "PixelSizeX=", "UserName="];
    text.contains("[MAIN]") && keys.iter().filter(|key| text.contains(*key)).count() >= 2
}

/// The sections that a block of tag 50431 can be.
const SECTIONS: [(u16, &str); 4] = [(2, "MAIN"), (3, "SEM"), (4, "GAMA"), (5, "FIB")];

/// The text of tag 50431, with the sections' names as an `.hdr` file has them.
///
/// The tag is a chain of blocks in the byte order of the computer that wrote it (little-endian): a
/// size of four bytes, a kind of two, which the size counts, then a thumbnail or zero-terminated
/// text. The chain is followed as far as it holds.
pub(super) fn text_of_tag(bytes: &[u8]) -> String {
    let mut whole = String::new();
    let mut rest = bytes;
    while let Some((size, behind)) = rest.split_first_chunk::<4>() {
        let size = u32::from_le_bytes(*size) as usize;
        let Some((kind, content)) = behind.get(..size).and_then(<[u8]>::split_first_chunk::<2>)
        else {
            break;
        };
        let kind = u16::from_le_bytes(*kind);
        if let Some((_, name)) = SECTIONS.iter().find(|(number, _)| *number == kind) {
            let end = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
            whole.push_str(&format!("[{name}]\n{}\n", text::decode(&content[..end])));
        }
        rest = &behind[size..];
    }
    whole
}

/// The record that a TESCAN header gives.
///
/// Its date and time are taken as they stand: Essence seems to write UTC and older programs local
/// time, but neither says so.
pub(super) fn parse(text: &str, origin: &str) -> InstrumentRecord {
    let mut header = Header {
        // An ion image has the same keys below [FIB].
        beam: if text.contains("[FIB]") && !text.contains("[SEM]") { "FIB" } else { "SEM" },
        values: Values::of_ini(text, '='),
    };
    let metres = LENGTH.bare("m");
    let mm = metres.in_unit("mm");
    let degrees = ANGLE.bare("deg");
    let h = &mut header;
    let record = InstrumentRecord {
        vendor: h.values.known("vendor", origin, "TESCAN".to_owned()),
        model: h.text("model", &["Device", "DeviceModel"]),
        software: h.text("software", &["SoftwareVersion", "Software"]),
        acquired_at: h.acquired_at(),
        user: h.text("user", &["FullUserName", "UserName"]),
        accelerating_voltage_kv: h.quantity(
            "accelerating_voltage_kv",
            &["HV", "AcceleratorVoltage"],
            VOLTAGE.bare("V"),
        ),
        beam_current_pa: h.positive(
            "beam_current_pa",
            &["PredictedBeamCurrent", "BeamCurrent"],
            CURRENT.bare("A"),
        ),
        working_distance_mm: h.quantity("working_distance_mm", &["WD"], mm),
        magnification: h.positive("magnification", &["Magnification"], MAGNIFICATION),
        pixel_size_nm: {
            let (x, y) = (h.keys(&["PixelSizeX"]), h.keys(&["PixelSizeY"]));
            h.values.pixel_size_nm(&as_strs(&x), &as_strs(&y), metres)
        },
        detector: h.text("detector", &["Detector", "Detector0"]),
        dwell_time_us: h.positive("dwell_time_us", &["DwellTime"], TIME.bare("s")),
        scan_speed: h.text("scan_speed", &["ScanSpeed"]),
        chamber_pressure_pa: h.positive(
            "chamber_pressure_pa",
            &["ChamberPressure"],
            PRESSURE.bare("Pa"),
        ),
        stage: StagePosition {
            x_mm: h.quantity("stage.x_mm", &["StageX"], mm),
            y_mm: h.quantity("stage.y_mm", &["StageY"], mm),
            z_mm: h.quantity("stage.z_mm", &["StageZ"], mm),
            tilt_deg: h.quantity("stage.tilt_deg", &["StageTilt"], degrees),
            rotation_deg: h.quantity("stage.rotation_deg", &["StageRotation"], degrees),
        },
        tilt_correction: {
            let keys = h.keys(&["TiltCorrection"]);
            // An angle, 0.0 where nothing is corrected.
            h.values
                .read("tilt_correction", &as_strs(&keys), |value| Some(degrees.read(value)? != 0.0))
        },
        ..InstrumentRecord::default()
    };
    header.values.into_record(record)
}

/// Rows of the data bar, which are part of the image's height.
pub(super) fn data_bar_px(text: &str) -> Option<u32> {
    Values::of_ini(text, '=').raw("[MAIN] ImageStripSize")?.parse().ok()
}

struct Header {
    beam: &'static str,
    values: Values,
}

impl Header {
    /// Versions differ in which section a key stands in.
    fn keys(&self, names: &[&str]) -> Vec<String> {
        let sections = [self.beam, "MAIN"];
        names
            .iter()
            .flat_map(|name| sections.map(|section| format!("[{section}] {name}")))
            .collect()
    }

    fn text(&mut self, field: &str, names: &[&str]) -> Option<String> {
        let keys = self.keys(names);
        self.values.text(field, &as_strs(&keys))
    }

    fn quantity(&mut self, field: &str, names: &[&str], quantity: Quantity) -> Option<f64> {
        let keys = self.keys(names);
        self.values.quantity(field, &as_strs(&keys), quantity)
    }

    fn positive(&mut self, field: &str, names: &[&str], quantity: Quantity) -> Option<f64> {
        let keys = self.keys(names);
        self.values.positive(field, &as_strs(&keys), quantity)
    }

    /// A date without a time is no moment.
    fn acquired_at(&mut self) -> Option<String> {
        self.values.date_and_time("[MAIN] Date", "[MAIN] Time", |date, time| {
            time::local(date, YEAR_FIRST, time)
        })
    }
}

fn as_strs(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: u16, content: &[u8]) -> Vec<u8> {
        let size = content.len() as u32 + 2;
        [&size.to_le_bytes()[..], &kind.to_le_bytes(), content].concat()
    }

    #[test]
    fn the_blocks_of_the_tag_read_like_an_hdr_file() {
        let tag = [
            block(1, b"\xff\xd8 a thumbnail"),
            block(2, b"Device=TESCAN X\nPixelSizeX=0.00000005\n\0"),
            block(3, b"HV=5000.0\nWD=0.0059\n\0"),
            block(0, b""),
        ]
        .concat();
        let text = text_of_tag(&tag);
        assert_eq!(
            text,
            "[MAIN]\nDevice=TESCAN X\nPixelSizeX=0.00000005\n\n[SEM]\nHV=5000.0\nWD=0.0059\n\n"
        );
        let record = parse(&text, "TIFF tag 50431").without_conversion_noise();
        assert_eq!(record.pixel_size_nm.unwrap().x, 50.0);
        assert_eq!(record.working_distance_mm, Some(5.9));
        assert_eq!(record.raw_keys["working_distance_mm"], "[SEM] WD");
    }

    #[test]
    fn a_broken_chain_gives_what_stands_before_the_break() {
        let mut tag = block(2, b"Device=TESCAN X\n\0");
        tag.extend([0xff; 9]);
        assert_eq!(text_of_tag(&tag), "[MAIN]\nDevice=TESCAN X\n\n");
        assert_eq!(text_of_tag(&[1, 0, 0]), "");
        assert_eq!(text_of_tag(&[0; 4]), "");
    }

    #[test]
    fn the_strip_is_the_data_bar() {
        assert_eq!(data_bar_px("[MAIN]\nImageStripSize=119\n"), Some(119));
    }
}
