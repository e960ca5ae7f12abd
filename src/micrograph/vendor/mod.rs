//! Vendors' headers: from raw bytes to text, from text to the common [`InstrumentRecord`].
//!
//! A header is known by what it says, not by the tag it stands in: one tag is used by several
//! programs, and some of them leave theirs empty.

mod fei;
mod fibics;
mod hitachi;
mod imagej;
mod jeol;
mod phenom;
mod quantity;
mod sec;
mod tescan;
mod thermo_xml;
mod time;
mod values;
mod xml;
mod zeiss;

use super::{DataBar, InstrumentRecord, PixelSizeNm, RawHeader};
use crate::text;

/// TIFF tags that hold a vendor's header, the most telling first: where two headers give a value,
/// the first one's counts.
pub(super) const TIFF_TAGS: [u16; 8] = [
    34118,          // CZ_SEM: Zeiss SmartSEM
    34119,          // the same in UTF-16
    51023,          // Fibics, Zeiss Atlas
    34682,          // FEI_HELIOS: every xT instrument of FEI and Thermo Fisher
    34680,          // FEI_SFEG: older ones; in newer files a base64 dump
    34683,          // FEI_TITAN: Thermo Fisher's and Phenom's XML
    TESCAN_TAG,     // TESCAN
    MAKER_NOTE_TAG, // newer JEOL instruments
];
const TESCAN_TAG: u16 = 50431;
/// Exif's MakerNote, which others use as well.
const MAKER_NOTE_TAG: u16 = 37500;
/// Text this long at the beginning tells whose it is.
const SNIFFED_BYTES: usize = 64 << 10;

/// What is known of an image besides its headers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ImageFacts {
    /// Columns and rows, where there is an image.
    pub(super) size_px: Option<[u32; 2]>,
    /// TIFF's resolution tags.
    pub(super) scale: PrintScale,
}

/// TIFF's resolution tags. They tell how large a print is, and nothing of the sample, except where
/// ImageJ wrote them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PrintScale {
    /// Along a row.
    pub(super) x_px_per_unit: Option<f64>,
    /// From row to row.
    pub(super) y_px_per_unit: Option<f64>,
}

/// Whose a header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Zeiss,
    Fibics,
    Fei,
    ThermoXml,
    Phenom,
    Tescan,
    Jeol,
    Hitachi,
    Sec,
    ImageJ,
}

/// Whether a text is a family's.
type Recognises = fn(&str) -> bool;

impl Family {
    fn of(text: &str) -> Option<Self> {
        let mut end = text.len().min(SNIFFED_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let families: [(Self, Recognises); 10] = [
            (Self::Zeiss, zeiss::recognises),
            (Self::Fibics, |text| xml::has_root(text, "Fibics")),
            (Self::ThermoXml, thermo_xml::recognises),
            (Self::Phenom, |text| xml::has_root(text, "FeiImage")),
            (Self::Fei, fei::recognises),
            (Self::Tescan, tescan::recognises),
            (Self::Jeol, jeol::recognises),
            (Self::Hitachi, hitachi::recognises),
            (Self::Sec, sec::recognises),
            (Self::ImageJ, imagej::recognises),
        ];
        families.into_iter().find(|(_, recognises)| recognises(text)).map(|(family, _)| family)
    }

    /// Columns and rows of the image as it was when the header was written, where it says so; a data
    /// bar may have come below. JEOL's and Hitachi's records are made for the image's size already.
    fn stated_size_px(self, text: &str) -> Option<[u32; 2]> {
        match self {
            Self::Zeiss => zeiss::stored_size_px(text),
            Self::Fei => fei::picture_size_px(text),
            Self::ThermoXml => thermo_xml::picture_size_px(text),
            _ => None,
        }
    }

    fn parse(self, header: &RawHeader, image: ImageFacts) -> InstrumentRecord {
        let (text, origin) = (header.text.as_str(), header.origin.as_str());
        match self {
            Self::Zeiss => zeiss::parse(text, origin, image.size_px),
            Self::Fibics => fibics::parse(text, origin, image.size_px),
            Self::Fei => fei::parse(text, origin),
            Self::ThermoXml => thermo_xml::parse(text, origin),
            Self::Phenom => phenom::parse(text, origin),
            Self::Tescan => tescan::parse(text, origin),
            Self::Jeol => jeol::parse(text, origin, image.size_px),
            Self::Hitachi => hitachi::parse(text, origin, image.size_px),
            Self::Sec => sec::parse(text, origin),
            Self::ImageJ => imagej::parse(text, origin, image.scale),
        }
    }
}

/// The header in a TIFF tag, unless it is blank.
pub(super) fn header_of_tag(tag: u16, bytes: &[u8]) -> Option<RawHeader> {
    let text = match tag {
        TESCAN_TAG => tescan::text_of_tag(bytes),
        MAKER_NOTE_TAG => {
            Some(jeol::text_of_maker_note(bytes)).filter(|text| jeol::recognises(text))?
        }
        _ => text::decode(bytes),
    };
    (!text.trim().is_empty()).then(|| RawHeader { origin: format!("TIFF tag {tag}"), text })
}

/// The header in a text that stands in a file for other reasons too, where it is a vendor's.
pub(super) fn header_of_text(origin: &str, bytes: &[u8]) -> Option<RawHeader> {
    let text = text::decode(bytes);
    Family::of(&text)?;
    Some(RawHeader { origin: origin.to_owned(), text })
}

/// The record that all headers give together: of two that give a value, the first is believed.
pub(super) fn record(headers: &[RawHeader], image: ImageFacts) -> InstrumentRecord {
    let parsed = headers.iter().filter_map(|header| {
        let family = Family::of(&header.text)?;
        let record = family.parse(header, image);
        let stated_px = family.stated_size_px(&header.text);
        Some(match (stated_px, image.size_px) {
            (Some(stated_px), Some(size_px)) => resized(record, stated_px, size_px),
            _ => record,
        })
    });
    let mut record = parsed.reduce(InstrumentRecord::filled_from).unwrap_or_default();
    // Scaled beyond all numbers, a size is none.
    let is_finite = |size: &PixelSizeNm| size.x.is_finite() && size.y.is_finite();
    if record.pixel_size_nm.take_if(|size| !is_finite(size)).is_some() {
        record.raw_keys.remove("pixel_size_nm");
    }
    if let (None, Some(pixel), Some([width_px, _])) =
        (record.field_of_view_um, record.pixel_size_nm, image.size_px)
    {
        let width_um = pixel.x * f64::from(width_px) / 1e3;
        if width_um.is_finite() {
            let source = "pixel size × width".to_owned();
            record.raw_keys.insert("field_of_view_um".to_owned(), source);
            record.field_of_view_um = Some(width_um);
        }
    }
    let offset = record.acquired_at.as_deref().map(|at| time::offset_of(at).unwrap_or("unknown"));
    record.acquired_at_zone = offset.map(str::to_owned);
    record.without_conversion_noise()
}

/// The data bar that a header tells of, in an image of `size_px`.
///
/// Where a header tells the bar's height alone, and not the picture's, `is_there` is asked whether
/// the image still has it.
pub(super) fn data_bar(
    headers: &[RawHeader],
    size_px: [u32; 2],
    is_there: impl Fn(DataBar) -> bool,
) -> Option<DataBar> {
    headers.iter().find_map(|header| {
        let text = header.text.as_str();
        let family = Family::of(text)?;
        let bottom_px = match family {
            Family::Fei => below(fei::picture_size_px(text)?, size_px),
            Family::ThermoXml => below(thermo_xml::picture_size_px(text)?, size_px),
            Family::Phenom => phenom::data_bar_px(text),
            Family::Tescan => tescan::data_bar_px(text),
            // These also burn a bar into a picture that is as high as they say.
            Family::Jeol => below(jeol::picture_size_px(text)?, size_px).filter(|px| *px > 0),
            Family::Hitachi => below(hitachi::picture_size_px(text)?, size_px).filter(|px| *px > 0),
            Family::Zeiss | Family::Fibics | Family::Sec | Family::ImageJ => None,
        }?;
        // More than half is no bar: the header belongs to another picture.
        let bar = (bottom_px < size_px[1] / 2).then(|| DataBar::at_bottom(bottom_px))?;
        let is_height_alone = family == Family::Tescan && bottom_px > 0;
        (!is_height_alone || is_there(bar)).then_some(bar)
    })
}

/// The record of an image of the size `stated` that was saved at another since: by a program that
/// kept the header as it was.
fn resized(
    mut record: InstrumentRecord,
    stated_px: [u32; 2],
    size_px: [u32; 2],
) -> InstrumentRecord {
    if stated_px[0] == size_px[0] {
        return record;
    }
    match (scale(stated_px, size_px), &mut record.pixel_size_nm) {
        (Some(scale), Some(size)) => {
            *size = PixelSizeNm { x: size.x * scale, y: size.y * scale };
            if let Some(key) = record.raw_keys.get_mut("pixel_size_nm") {
                *key = format!("{key} × {} / {}", stated_px[0], size_px[0]);
            }
        }
        // Of a part of the picture the header does not say how wide it is.
        (None, _) if record.field_of_view_um.take().is_some() => {
            record.raw_keys.remove("field_of_view_um");
        }
        _ => {}
    }
    record
}

/// Rows below a picture of the size stated; unknown where the image was cropped or scaled since.
fn below(stated_px: [u32; 2], size_px: [u32; 2]) -> Option<u32> {
    (stated_px[0] == size_px[0]).then(|| size_px[1].checked_sub(stated_px[1]))?
}

/// How much larger the pixels became where an image of the size `stated` was saved at another;
/// `None` where it was cropped. Rows of a data bar may have come below it.
fn scale(stated_px: [u32; 2], size_px: [u32; 2]) -> Option<f64> {
    const LARGEST_BAR: f64 = 0.2;
    let [x, y] = [0, 1].map(|axis| f64::from(size_px[axis]) / f64::from(stated_px[axis]));
    (y >= x * 0.99 && y <= x * (1.0 + LARGEST_BAR)).then(|| 1.0 / x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> RawHeader {
        RawHeader { origin: "TIFF tag 34682".to_owned(), text: text.to_owned() }
    }

    const FEI: &str = "[User]\n[Beam]\nHV=5000\n[Image]\nResolutionX=1024\nResolutionY=884\n";

    #[test]
    fn a_second_header_fills_what_the_first_leaves_open() {
        let xml = "<Metadata><Optics><AccelerationVoltage>7</AccelerationVoltage></Optics>\
            <Detectors><ScanningDetector><Signal>SE</Signal></ScanningDetector></Detectors></Metadata>";
        let record = record(&[header(FEI), header(xml)], ImageFacts::default());
        assert_eq!(record.accelerating_voltage_kv, Some(5.0));
        assert_eq!(record.signal.as_deref(), Some("SE"));
        assert_eq!(record.raw_keys["signal"], "Detectors/ScanningDetector/Signal");
    }

    #[test]
    fn the_field_of_view_follows_from_the_pixels_where_no_key_gives_it() {
        let fei = header("[User]\n[Beam]\n[EScan]\nPixelWidth=1e-8\n");
        let image = ImageFacts { size_px: Some([1000, 700]), ..ImageFacts::default() };
        let record = record(&[fei], image);
        assert_eq!(record.field_of_view_um, Some(10.0));
        assert_eq!(record.raw_keys["field_of_view_um"], "pixel size × width");
    }

    #[test]
    fn a_bar_is_known_only_for_the_picture_that_the_header_belongs_to() {
        let bar = |size_px| data_bar(&[header(FEI)], size_px, |_| false);
        assert_eq!(bar([1024, 943]), Some(DataBar::at_bottom(59)));
        assert_eq!(bar([1024, 884]), Some(DataBar::at_bottom(0)));
        assert_eq!(bar([2048, 1886]), None, "saved at twice the size");
        assert_eq!(bar([1024, 500]), None, "cropped");
        assert_eq!(bar([1024, 2000]), None, "another picture");
    }

    #[test]
    fn a_time_says_whether_it_has_a_zone() {
        let xml = |at: &str| {
            header(&format!("<Fibics><Application><Date>{at}</Date></Application></Fibics>"))
        };
        let zone = |at: &str| record(&[xml(at)], ImageFacts::default()).acquired_at_zone;
        assert_eq!(zone("2017-04-20T11:52:36.078+02:00").as_deref(), Some("+02:00"));
        assert_eq!(zone("2017-04-20T11:52:36").as_deref(), Some("unknown"));
        assert_eq!(record(&[], ImageFacts::default()).acquired_at_zone, None);
    }

    #[test]
    fn a_pixel_size_beyond_all_numbers_is_none() {
        let text = "[SemImageFile]\nDataSize=640x480\nPixelSize=1.7e308\n";
        let image = ImageFacts { size_px: Some([64, 48]), ..ImageFacts::default() };
        let record = record(&[header(text)], image);
        assert_eq!((record.pixel_size_nm, record.field_of_view_um), (None, None));
        assert!(!record.raw_keys.contains_key("pixel_size_nm"));
    }

    #[test]
    fn a_pixel_is_as_large_as_the_image_it_is_in_now() {
        let text = "[User]\n[Beam]\n[EScan]\nPixelWidth=1e-8\nPixelHeight=1e-8\nHorFieldsize=1.024e-5\n\
            [Image]\nResolutionX=1024\nResolutionY=884\n";
        let of_size = |size_px| {
            let image = ImageFacts { size_px: Some(size_px), ..ImageFacts::default() };
            let record = record(&[header(text)], image);
            let key = record.raw_keys["pixel_size_nm"].clone();
            (record.pixel_size_nm.unwrap().x, record.field_of_view_um.unwrap(), key)
        };
        let key = "[EScan] PixelWidth".to_owned();
        assert_eq!(of_size([1024, 943]), (10.0, 10.24, key.clone()));
        assert_eq!(of_size([512, 471]), (20.0, 10.24, format!("{key} × 1024 / 512")));
        assert_eq!(of_size([600, 300]), (10.0, 6.0, key), "a part of the picture");
    }

    #[test]
    fn pixels_grow_with_scaling_and_not_with_cropping() {
        assert_eq!(scale([1280, 960], [1280, 1024]), Some(1.0));
        assert_eq!(scale([1280, 960], [640, 512]), Some(2.0));
        assert_eq!(scale([1280, 960], [1280, 500]), None);
    }
}
