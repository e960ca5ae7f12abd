//! OME-TIFF, as Bio-Formats, Fiji, napari and Odemis save images of any instrument: XML in the
//! description of the first page.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::{InstrumentRecord, PixelSizeNm};
use super::quantity::LENGTH;
use super::unit::plain_name;
use super::values::Values;
use super::{time, xml};

/// More images have no use for one page.
const MOST_IMAGES: usize = 10_000;

/// Whether `text` is OME's.
pub(super) fn recognises(text: &str) -> bool {
    xml::has_root(text, "OME")
}

/// The record that the XML gives for an image of `size_px`.
pub(super) fn parse(text: &str, origin: &str, size_px: Option<[u32; 2]>) -> InstrumentRecord {
    let elements = elements(text);
    let mut v = xml::values(text);
    let microscope = elements.iter().find(|element| element.name == "Microscope");
    let named = |key: &str| microscope.and_then(|microscope| microscope.attribute(key));
    let (maker, model) = (named("Manufacturer"), named("Model"));
    let known_as = |key: &str| format!("{origin}, Microscope {key}");
    let record = InstrumentRecord {
        vendor: maker.and_then(|maker| v.known("vendor", &known_as("Manufacturer"), maker)),
        model: model.and_then(|model| v.known("model", &known_as("Model"), model)),
        acquired_at: v.read("acquired_at", &["Image/AcquisitionDate"], time::iso),
        pixel_size_nm: pixel_size_nm(&mut v, &elements, size_px),
        ..InstrumentRecord::default()
    };
    v.into_record(record)
}

/// The size that all images of the page's own columns and rows have; where there are none, the
/// page was saved at another size since, and all images count.
fn pixel_size_nm(
    v: &mut Values,
    elements: &[Element],
    size_px: Option<[u32; 2]>,
) -> Option<PixelSizeNm> {
    let images: Vec<&Element> = elements.iter().filter(|e| e.name == "Pixels").collect();
    let own = images.iter().filter(|image| size_px.is_some() && image.size_px() == size_px);
    let own: Vec<&Element> = own.copied().collect();
    let images = if own.is_empty() { images } else { own };
    let first = images.first()?;
    let calibration = |image: &Element| CALIBRATION.map(|name| image.attribute(name));
    if images.iter().any(|image| calibration(image) != calibration(first)) {
        return None;
    }
    let x = side_nm(v, first, "PhysicalSizeX")?;
    let y = match first.attribute("PhysicalSizeY") {
        Some(_) => side_nm(v, first, "PhysicalSizeY")?,
        None => x,
    };
    let scale = first.size_px().and_then(|stated| super::scale(stated, size_px?)).unwrap_or(1.0);
    v.known("pixel_size_nm", "Pixels PhysicalSizeX", PixelSizeNm { x: x * scale, y: y * scale })
}

/// What tells the size of an image's pixels.
const CALIBRATION: [&str; 4] =
    ["PhysicalSizeX", "PhysicalSizeXUnit", "PhysicalSizeY", "PhysicalSizeYUnit"];

/// One side of a pixel: in micrometres, where no unit stands beside it.
fn side_nm(v: &mut Values, image: &Element, name: &str) -> Option<f64> {
    let size = image.attribute(name)?;
    let unit = image.attribute(&format!("{name}Unit")).unwrap_or_else(|| "µm".to_owned());
    let is_uncalibrated = ["pixel", "reference frame"].contains(&plain_name(&unit).as_str());
    if is_uncalibrated {
        return None;
    }
    let written = format!("{size} {unit}");
    let nm = LENGTH.read(&written).filter(|nm| *nm > 0.0);
    if nm.is_none() {
        v.note_malformed(&format!("Pixels {name}"), &written);
    }
    nm
}

/// An element of the XML whose facts are attributes.
struct Element {
    name: &'static str,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn of(name: &'static str, start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().flatten().filter_map(|attribute| {
            let key = str::from_utf8(attribute.key.as_ref()).ok()?.to_owned();
            Some((key, attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()))
        });
        Self { name, attributes: attributes.collect() }
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key == name)?;
        (!value.trim().is_empty()).then(|| value.trim().to_owned())
    }

    fn size_px(&self) -> Option<[u32; 2]> {
        let side = |name| self.attribute(name)?.parse().ok().filter(|px: &u32| *px > 0);
        Some([side("SizeX")?, side("SizeY")?])
    }
}

/// The elements that are read, as far as the XML holds.
fn elements(text: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut reader = Reader::from_str(text);
    while elements.len() < MOST_IMAGES {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                let name = start.local_name();
                let known = ["Pixels", "Microscope"];
                let known = known.into_iter().find(|known| known.as_bytes() == name.as_ref());
                elements.extend(known.map(|name| Element::of(name, &start)));
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ome(pixels: &[&str]) -> String {
        let images = pixels.iter().map(|attributes| {
            format!(
                "<Image ID=\"Image:0\"><AcquisitionDate>2024-01-23T05:33:55</AcquisitionDate>\
                 <Pixels ID=\"Pixels:0\" {attributes}><TiffData IFD=\"0\"/></Pixels></Image>"
            )
        });
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME xmlns=\"http://www.openmicroscopy.org\">\
             <Instrument ID=\"Instrument:0\"><Microscope Manufacturer=\"FEI\" Model=\"Quanta\"/>\
             </Instrument>{}</OME>",
            images.collect::<String>()
        )
    }

    fn record(pixels: &[&str], size_px: [u32; 2]) -> InstrumentRecord {
        let text = ome(pixels);
        assert!(recognises(&text));
        parse(&text, "TIFF tag 270", Some(size_px)).without_conversion_noise()
    }

    fn nm(pixels: &[&str], size_px: [u32; 2]) -> Option<(f64, f64)> {
        record(pixels, size_px).pixel_size_nm.map(|size| (size.x, size.y))
    }

    const SIZE: &str = "SizeX=\"256\" SizeY=\"192\"";

    #[test]
    fn a_pixels_sides_have_units_or_are_micrometres() {
        for (x, y) in [
            ("PhysicalSizeX=\"0.005\"", "PhysicalSizeY=\"0.006\""),
            ("PhysicalSizeX=\"5\" PhysicalSizeXUnit=\"nm\"", "PhysicalSizeY=\"0.006\""),
            (
                "PhysicalSizeX=\"0.005\" PhysicalSizeXUnit=\"µm\"",
                "PhysicalSizeY=\"60\" PhysicalSizeYUnit=\"Å\"",
            ),
            (
                "PhysicalSizeX=\"5E-3\" PhysicalSizeXUnit=\"&#181;m\"",
                "PhysicalSizeY=\"6e-06\" PhysicalSizeYUnit=\"mm\"",
            ),
        ] {
            let pixels = format!("{SIZE} {x} {y}");
            assert_eq!(nm(&[&pixels], [256, 192]), Some((5.0, 6.0)), "{pixels}");
        }
        let square = format!("{SIZE} PhysicalSizeX=\"0.005\"");
        assert_eq!(nm(&[&square], [256, 192]), Some((5.0, 5.0)));
    }

    #[test]
    fn what_is_not_calibrated_has_no_size_and_an_unknown_unit_is_listed() {
        let of_unit = |unit: &str| {
            let pixels = format!("{SIZE} PhysicalSizeX=\"1\" PhysicalSizeXUnit=\"{unit}\"");
            record(&[&pixels], [256, 192])
        };
        for unit in ["pixel", "reference frame"] {
            assert_eq!((of_unit(unit).pixel_size_nm, of_unit(unit).malformed.len()), (None, 0));
        }
        let unknown = of_unit("furlong");
        assert_eq!((unknown.pixel_size_nm, unknown.malformed.len()), (None, 1));
        assert_eq!(nm(&[SIZE], [256, 192]), None);
    }

    #[test]
    fn of_several_images_the_one_of_the_pages_size_counts_if_they_agree() {
        let large = "SizeX=\"2048\" SizeY=\"1536\" PhysicalSizeX=\"0.001\"";
        let small = "SizeX=\"256\" SizeY=\"192\" PhysicalSizeX=\"0.005\"";
        let other = "SizeX=\"256\" SizeY=\"192\" PhysicalSizeX=\"0.007\"";
        assert_eq!(nm(&[large, small], [256, 192]), Some((5.0, 5.0)));
        assert_eq!(nm(&[small, large, small], [2048, 1536]), Some((1.0, 1.0)));
        assert_eq!(nm(&[small, other], [256, 192]), None, "undecided");
        assert_eq!(nm(&[small], [128, 96]), Some((10.0, 10.0)), "saved smaller since");
    }

    #[test]
    fn instrument_and_time_are_read_with_their_keys() {
        let record = record(&[SIZE], [256, 192]);
        assert_eq!(record.vendor.as_deref(), Some("FEI"));
        assert_eq!(record.model.as_deref(), Some("Quanta"));
        assert_eq!(record.acquired_at.as_deref(), Some("2024-01-23T05:33:55"));
        assert_eq!(record.raw_keys["model"], "TIFF tag 270, Microscope Model");
    }

    #[test]
    fn broken_xml_gives_what_stands_before_the_break() {
        let text = ome(&["SizeX=\"256\" SizeY=\"192\" PhysicalSizeX=\"0.005\""]);
        let record = parse(&text[..text.len() - 40], "TIFF tag 270", Some([256, 192]));
        assert_eq!(record.pixel_size_nm.map(|size| size.x.round()), Some(5.0));
        assert!(recognises("<ome:OME xmlns:ome=\"x\"><ome:Image/></ome:OME>"));
        assert!(!recognises("<OMEGA/>"));
    }
}
