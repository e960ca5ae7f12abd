//! Fibics, also in Zeiss Atlas: XML in tag 51023, units as attributes.

use super::super::{InstrumentRecord, PixelSizeNm, StagePosition};
use super::quantity::{ANGLE, CURRENT, LENGTH, TIME, VOLTAGE};
use super::values::{FieldPx, Values};
use super::{time, xml};

/// The record that the XML gives for an image of `size_px`.
///
/// `Ext V` among the beam's values is the extractor's voltage: the header has no accelerating
/// voltage, but for ion microscopes.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let mut v = xml::values(text);
    let um = LENGTH.bare("um");
    let mm = um.in_unit("mm");
    let degrees = ANGLE.bare("deg");
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "Zeiss Atlas (Fibics)".to_owned()),
        model: v.text("model", &["Image/Machine"]),
        software: v.text("software", &["Application/Version"]),
        acquired_at: v.read("acquired_at", &["Application/Date"], time::iso),
        accelerating_voltage_kv: v.quantity(
            "accelerating_voltage_kv",
            &["BeamInfo/item[EHT]", "BeamInfo/item[AccV]"],
            VOLTAGE.bare("V"),
        ),
        beam_current_pa: v.quantity(
            "beam_current_pa",
            &["BeamInfo/item[I Probe]", "BeamInfo/item[BeamI]"],
            CURRENT.bare("pA"),
        ),
        working_distance_mm: v.quantity("working_distance_mm", &["BeamInfo/item[WD]"], mm),
        pixel_size_nm: pixel_size_nm(&mut v, size_px),
        field_of_view_um: v.positive("field_of_view_um", &["Scan/FOV_X"], um.in_unit("um")),
        detector: v.text("detector", &["Image/Detector"]),
        dwell_time_us: v.positive("dwell_time_us", &["Scan/Dwell"], TIME.bare("ns")),
        stage: StagePosition {
            x_mm: v.quantity("stage.x_mm", &["Stage/X"], mm),
            y_mm: v.quantity("stage.y_mm", &["Stage/Y"], mm),
            z_mm: v.quantity("stage.z_mm", &["Stage/Z"], mm),
            tilt_deg: v.quantity("stage.tilt_deg", &["Stage/Tilt"], degrees),
            rotation_deg: v.quantity("stage.rotation_deg", &["Stage/Rot"], degrees),
        },
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// The steps of the scan, or, where they are missing or of an image of another size, the field of
/// view by the columns that it has now.
///
/// (Ux, Uy) is the step from column to column on the sample in µm, (Vx, Vy) that from row to row:
/// a rotated scan has both parts. The tag survives saving at another size, the steps do not.
fn pixel_size_nm(v: &mut Values, size_px: Option<[u32; 2]>) -> Option<PixelSizeNm> {
    let side = |key: &str| v.raw(key)?.parse().ok().filter(|px: &u32| *px > 0);
    let (width, height) = (side("Image/Width"), side("Image/Height"));
    let is_as_saved = width.zip(size_px).is_none_or(|(width, [columns, _])| width == columns);
    if is_as_saved && let Some(steps) = steps_nm(v) {
        return Some(steps);
    }
    let stated_px = width.zip(height).map(|(width, height)| [width, height]);
    if !is_as_saved
        && stated_px.zip(size_px).and_then(|(stated, size)| super::scale(stated, size)).is_none()
    {
        return None;
    }
    let field = FieldPx::of(stated_px, size_px)?;
    v.pixel_size_of_field_nm(&["Scan/FOV_X"], &["Scan/FOV_Y"], LENGTH.bare("um"), field)
}

fn steps_nm(v: &mut Values) -> Option<PixelSizeNm> {
    let mut step_nm = |keys: [&str; 2]| {
        let [first, second] =
            keys.map(|key| v.quantity("pixel_size_nm", &[key], LENGTH.bare("um")));
        first.zip(second).map(|(first, second)| first.hypot(second)).filter(|nm| *nm > 0.0)
    };
    let (x, y) = (step_nm(["Scan/Ux", "Scan/Uy"]), step_nm(["Scan/Vx", "Scan/Vy"]));
    v.forget("pixel_size_nm");
    let x = x?;
    v.known("pixel_size_nm", "Scan/Ux, Scan/Uy", PixelSizeNm { x, y: y.unwrap_or(x) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><Fibics version=\"1.0\">\
        <Application><Version>AtlasEngine v5.0</Version><Date>2017-04-20T11:52:36.078+02:00</Date>\
        </Application><Image><Width>1000</Width><Detector>InLens</Detector></Image><Scan>\
        <Dwell units=\"ns\">1000</Dwell><FOV_X units=\"um\">50</FOV_X><Ux>0.03</Ux><Uy>-0.04</Uy>\
        <Vx>0.04</Vx><Vy>0.03</Vy></Scan><Stage><X units=\"um\">-58728.28</X>\
        <Tilt units=\"deg\">90</Tilt></Stage><BeamInfo><item name=\"Ext V\">=  4.28 kV</item>\
        </BeamInfo></Fibics>";

    fn record(size_px: [u32; 2]) -> InstrumentRecord {
        parse(XML, "TIFF tag 51023", Some(size_px)).without_conversion_noise()
    }

    #[test]
    fn a_rotated_scans_steps_have_two_parts() {
        let size = record([1000, 1000]).pixel_size_nm.unwrap();
        assert_eq!((size.x, size.y), (50.0, 50.0));
    }

    #[test]
    fn units_and_the_times_zone_are_kept() {
        let record = record([1000, 1000]);
        assert_eq!(record.acquired_at.as_deref(), Some("2017-04-20T11:52:36.078+02:00"));
        assert_eq!((record.dwell_time_us, record.field_of_view_um), (Some(1.0), Some(50.0)));
        assert_eq!(record.stage.x_mm, Some(-58.728_28));
        assert_eq!(record.accelerating_voltage_kv, None, "the extractor's is another voltage");
    }

    #[test]
    fn a_copy_of_another_size_has_pixels_as_large_as_the_field_tells() {
        assert_eq!(record([500, 500]).pixel_size_nm, None, "perhaps a part of the picture");
        let whole = XML.replace("</Width>", "</Width><Height>1000</Height>");
        let of_size = |size_px| parse(&whole, "TIFF tag 51023", Some(size_px));
        let smaller = of_size([500, 500]).without_conversion_noise();
        assert_eq!(smaller.pixel_size_nm.unwrap().x, 100.0);
        assert_eq!(smaller.raw_keys["pixel_size_nm"], "Scan/FOV_X / 500");
        assert_eq!(of_size([500, 200]).pixel_size_nm, None, "a part of the picture");
    }

    #[test]
    fn the_field_of_view_gives_the_pixels_where_no_step_does() {
        let text = XML.replace("Ux>", "No>");
        let record = parse(&text, "TIFF tag 51023", Some([1000, 1000])).without_conversion_noise();
        assert_eq!(record.pixel_size_nm.unwrap().x, 50.0);
    }
}
