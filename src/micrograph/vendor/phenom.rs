//! Phenom desktop instruments: XML `FeiImage`, in tag 34683 or within a JPEG file; units as
//! attributes, which differ between versions.

use super::super::InstrumentRecord;
use super::quantity::{LENGTH, PRESSURE, TIME, VOLTAGE};
use super::values::Values;
use super::{time, xml};

/// The record that the XML gives.
pub(super) fn parse(text: &str, origin: &str) -> InstrumentRecord {
    let mut v = xml::values(text);
    let record = InstrumentRecord {
        vendor: v.known("vendor", origin, "Thermo Fisher Phenom".to_owned()),
        model: v.text("model", &["instrument/edition", "instrument/type"]),
        software: v.text("software", &["instrument/softwareVersion"]),
        acquired_at: v.read("acquired_at", &["time"], time::iso),
        // Some versions give the voltage of the source, which is negative.
        accelerating_voltage_kv: v
            .quantity("accelerating_voltage_kv", &["acquisition/scan/highVoltage"], VOLTAGE)
            .map(f64::abs),
        working_distance_mm: v.quantity(
            "working_distance_mm",
            &["workingDistance"],
            LENGTH.in_unit("mm"),
        ),
        pixel_size_nm: v.pixel_size_nm(&["pixelWidth"], &["pixelHeight"], LENGTH),
        detector: v.text("detector", &["acquisition/scan/detector"]),
        dwell_time_us: v.positive("dwell_time_us", &["acquisition/scan/dwellTime"], TIME),
        chamber_pressure_pa: v.measured(
            "chamber_pressure_pa",
            &["samplePressureEstimate"],
            PRESSURE.bare("Pa"),
        ),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// Rows of the data bar, which are part of the image's height.
pub(super) fn data_bar_px(text: &str) -> Option<u32> {
    let v: Values = xml::values(text);
    v.raw("databarHeight")?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\"?><FeiImage><databarHeight>88</databarHeight>\
        <pixelWidth unit=\"um\">0.25</pixelWidth><pixelHeight unit=\"nm\">250</pixelHeight>\
        <workingDistance unit=\"mm\">6.1</workingDistance><instrument><edition>Phenom ProX</edition>\
        </instrument><acquisition><scan><highVoltage unit=\"kV\">-15</highVoltage>\
        <dwellTime unit=\"ns\">500</dwellTime><detector>BSD full</detector></scan></acquisition></FeiImage>";

    #[test]
    fn units_come_from_the_attributes() {
        let record = parse(XML, "TIFF tag 34683").without_conversion_noise();
        let size = record.pixel_size_nm.unwrap();
        assert_eq!((size.x, size.y), (250.0, 250.0));
        assert_eq!(record.accelerating_voltage_kv, Some(15.0));
        assert_eq!(record.dwell_time_us, Some(0.5));
        assert_eq!(record.working_distance_mm, Some(6.1));
        assert_eq!(data_bar_px(XML), Some(88));
    }
}
