//! Small files of our own for every vendor family, in the places and encodings that instruments use.
//!
//! `mutations.rs` damages the same files.

use std::path::Path;

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};
use semblance::micrograph::{
    DataBar, DataBarSource, Micrograph, ReadOptions, Sidecar, SourceFile, read,
};

/// Columns and rows of every picture; the rows include a strip of [`BAR_PX`].
const WIDTH_PX: u32 = 64;
const HEIGHT_PX: u32 = 100;
const BAR_PX: u32 = 12;

/// A file with the text files beside it.
pub struct VendorFile {
    /// Its name, which tells the family.
    pub name: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Text files beside it: name and content.
    pub beside: Vec<(&'static str, Vec<u8>)>,
}

/// A tag of a TIFF file: number, TIFF's number for the type, value.
pub type Tag<'a> = (u16, u16, &'a [u8]);
pub const BYTE: u16 = 1;
pub const ASCII: u16 = 2;
pub const SHORT: u16 = 3;
pub const LONG: u16 = 4;
const RATIONAL: u16 = 5;

const ZEISS: &str = "0\r\n0\r\n0\r\n1.0e-008\r\nDP_SEM\r\nSem = Merlin\r\nAP_ACTUALKV\r\nEHT =  3.00 kV\r\n\
    AP_WD\r\nWD = 5.961 mm\r\nAP_MAG\r\nMag =    8.00 K X\r\nAP_IMAGE_PIXEL_SIZE\r\n\
    Image Pixel Size = 558.2 pm\r\nAP_DATE\r\nDate :9 Dec 2019\r\nAP_TIME\r\nTime :8:03:05\r\n\
    AP_WIDTH\r\nWidth = 11.43 \u{b5}m\r\nAP_STAGE_AT_T\r\nStage at T = 36.0 \u{b0}\r\n\
    DP_DETECTOR_CHANNEL\r\nSignal A = InLens\r\n\0";
const FEI: &str = "[User]\r\nDate=12/14/2022\r\nTime=01:53:39 PM\r\n[System]\r\nSystemType=Quanta\r\n\
    [Beam]\r\nHV=20000\r\nBeam=EBeam\r\nScan=EScan\r\n[EBeam]\r\nHV=20000\r\nWD=0.00838\r\n\
    BeamCurrent=4e-009\r\nHFW=0.0005968\r\n[EScan]\r\nPixelWidth=5.8e-007\r\nDwell=nan\r\n[Stage]\r\n\
    StageT=0.5\r\n[Image]\r\nResolutionX=64\r\nResolutionY=88\r\n[Detectors]\r\nName=ETD\r\n";
const THERMO: &str = "<?xml version=\"1.0\"?>\r\n<Metadata xmlns:nil=\"http://schemas.fei.com\"><Acquisition>\
    <AcquisitionDatetime>2020-08-18T13:40:03</AcquisitionDatetime></Acquisition><Optics>\
    <AccelerationVoltage>15000</AccelerationVoltage><BeamCurrent>1.6E-09</BeamCurrent></Optics>\
    <Detectors><ScanningDetector><Signal>SE</Signal></ScanningDetector></Detectors><BinaryResult>\
    <ImageSize><X>64</X><Y>88</Y></ImageSize><PixelSize><X unit=\"m\">3.85E-07</X></PixelSize>\
    </BinaryResult></Metadata>";
const PHENOM: &str = "<?xml version=\"1.0\"?><FeiImage><databarHeight>12</databarHeight>\
    <pixelWidth unit=\"nm\">250</pixelWidth><instrument><edition>Phenom ProX</edition></instrument>\
    <acquisition><scan><highVoltage unit=\"kV\">-15</highVoltage></scan></acquisition></FeiImage>";
const FIBICS: &str = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><Fibics version=\"1.0\"><Application>\
    <Version>AtlasEngine v5.0</Version><Date>2017-04-20T11:52:36+02:00</Date></Application><Image>\
    <Width>64</Width><Aperture>[1] 30 \u{b5}m</Aperture><Detector>InLens</Detector></Image><Scan>\
    <Dwell units=\"ns\">1000</Dwell><Ux>0.03</Ux><Uy>-0.04</Uy></Scan></Fibics>";
const TESCAN_MAIN: &str = "Device=TESCAN AMBER\nDate=2023-03-27\nTime=00:47:19\nImageStripSize=12\n\
    Magnification=1873.7\nPixelSizeX=0.000000146484375\nPixelSizeY=0.000000146484375\nUserName=op\n";
const TESCAN_SEM: &str = "HV=30000.0\nWD=0.05\nDwellTime=0.000032\nPredictedBeamCurrent=0.0000000000197\n\
    Detector=E-T\nStageTilt=0.0\n";
const JEOL: &str = "$SEM_DATA_VERSION 1\r\n$CM_ACCEL_VOLT 7.00\r\n$$SM_WD 10.52\r\n$CM_MAG 95\r\n\
    $CM_DATE 2020/08/31\r\n$CM_TIME 15:32:31\r\n$CM_INSTRUMENT 8530F\r\n$$SM_MICRON_BAR 100\r\n\
    $$SM_MICRON_MARKER 1\u{b5}m\r\n$CM_FULL_SIZE 64 88\r\n$CM_STAGE_POS 30.6 -2.6 10.5 20 5 0\r\n";
const HITACHI: &str = "[SemImageFile]\r\nInstructName=SU8000\r\nSampleName=\u{b5}-wires\r\nDate=12/14/2022\r\n\
    Time=11:02:13\r\nDataSize=64x88\r\nPixelSize=24.8\r\nSignalName=SE(U)\r\n\
    AcceleratingVoltage=15000 Volt\r\nMagnification=4000\r\nWorkingDistance=8500 um\r\n\
    StageType=5\r\nStagePositionX=76097000\r\n";
const SEC: &str = "[Image Info]\r\nModel : SNE-4500M Plus\r\nDate : 2019-12-03 오후 7:34:27\r\n\
    Time : 19:34:27.1369355\r\nAcceleated Voltage :  20 kV\r\nMagnification : x500 \r\n\
    Detector Mode : SED\r\n[   - Working Distance]\r\nWorking Distance : 5mm\r\n";
const OME: &str = "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">\
    <Image><AcquisitionDate>2024-01-23T05:33:55</AcquisitionDate><Pixels SizeX=\"64\" SizeY=\"100\" \
    PhysicalSizeX=\"0.005\" PhysicalSizeY=\"60\" PhysicalSizeYUnit=\"\u{c5}\"/></Image></OME>";
const OPENFIBSEM: &str = "{\"image\": {\"beam_type\": \"ELECTRON\", \"resolution\": [64, 100], \
    \"dwell_time\": 1e-06, \"hfw\": 6.4e-06}, \"pixel_size\": {\"x\": 1e-07, \"y\": 1e-07}, \
    \"microscope_state\": {\"timestamp\": 1705987635.22, \"electron_beam\": {\"working_distance\": \
    0.004, \"beam_current\": 1e-10, \"voltage\": 2000.0}}}";
const IMAGEJ: &str = "ImageJ=1.53t\nunit=\\u00B5m\nmin=0.0\nmax=255.0\n";

/// One file a family and place.
pub fn vendor_files() -> Vec<VendorFile> {
    let tagged = |name, tags: &[Tag<'_>]| VendorFile { name, bytes: tiff(tags), beside: vec![] };
    let beside = |name, text_name, text: Vec<u8>| VendorFile {
        name,
        bytes: tiff(&[]),
        beside: vec![(text_name, text)],
    };
    let tescan =
        [tescan_block(1, b"a thumbnail"), tescan_block(2, TESCAN_MAIN.as_bytes())].concat();
    let tescan = [tescan, tescan_block(3, TESCAN_SEM.as_bytes()), tescan_block(0, b"")].concat();
    let hdr = format!("[MAIN]\n{TESCAN_MAIN}[SEM]\n{TESCAN_SEM}");
    let note: String = JEOL.lines().map(|line| line.replacen(' ', "=", 1) + "\t").collect();
    let note = [&b"UNICODE\0"[..], &utf16(&note)].concat();
    let four_px_per_um = [4_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat();
    let mut jpeg = jpeg();
    jpeg.extend(PHENOM.as_bytes());
    let zeiss_of_user = ZEISS.replace('\0', "SV_USER_NAME\r\nUser Name = Šárka – “B”\r\n");
    let fei_field = FEI.replace("PixelWidth", "NoWidth");
    let jeol_field = format!("{JEOL}$CM_FIELD_OF_VIEW 64.0 88.0um\r\n");
    let jeol_japanese = format!("{JEOL}$CM_OPERATOR 田中\r\n").replace('\u{b5}', "μ");
    vec![
        tagged("zeiss.tif", &[(34118, ASCII, &latin1(ZEISS))]),
        tagged("zeiss_utf16.tif", &[(34119, ASCII, &utf16(ZEISS))]),
        tagged("fei.tif", &[(34682, ASCII, FEI.as_bytes())]),
        tagged("fei_old_tag.tif", &[(34680, ASCII, FEI.as_bytes())]),
        tagged("thermo.tif", &[(34682, ASCII, b"\r\n"), (34683, ASCII, THERMO.as_bytes())]),
        tagged("phenom.tif", &[(34683, ASCII, PHENOM.as_bytes())]),
        VendorFile { name: "phenom.jpg", bytes: jpeg, beside: vec![] },
        tagged("fibics.tif", &[(51023, ASCII, &latin1(FIBICS))]),
        tagged("tescan.tif", &[(50431, BYTE, &tescan)]),
        beside("tescan_hdr.tif", "tescan_hdr-tif.hdr", hdr.into_bytes()),
        beside("jeol_latin1.tif", "jeol_latin1.txt", latin1(JEOL)),
        beside("jeol_utf8.tif", "jeol_utf8.txt", JEOL.as_bytes().to_vec()),
        tagged("jeol_note.tif", &[(37500, BYTE, &note)]),
        beside("hitachi_utf16.tif", "hitachi_utf16.txt", utf16(HITACHI)),
        beside("hitachi_utf8.tif", "hitachi_utf8.TXT", HITACHI.as_bytes().to_vec()),
        beside("sec.tif", "sec.tif.txt", SEC.as_bytes().to_vec()),
        tagged("imagej.tif", &[(270, ASCII, IMAGEJ.as_bytes()), (282, RATIONAL, &four_px_per_um)]),
        tagged("zeiss_windows.tif", &[(34118, ASCII, &encoded(WINDOWS_1252, &zeiss_of_user))]),
        tagged("fei_field.tif", &[(34682, ASCII, fei_field.as_bytes())]),
        beside("jeol_field.tif", "jeol_field.txt", jeol_field.into_bytes()),
        beside("jeol_japanese.tif", "jeol_japanese.txt", encoded(SHIFT_JIS, &jeol_japanese)),
        tagged("ome.tif", &[(270, ASCII, OME.as_bytes())]),
        tagged("openfibsem.tif", &[(270, ASCII, OPENFIBSEM.as_bytes())]),
        olympus_sis(),
    ]
}

/// A file whose first pixels hold the blocks that tag 33560 leads to.
fn olympus_sis() -> VendorFile {
    const BLOCK: usize = 120;
    let mut strip = pixels();
    let mut put = |at: usize, bytes: &[u8]| strip[at..at + bytes.len()].copy_from_slice(bytes);
    put(10, &(-9_i16).to_le_bytes());
    put(12, &0.023928_f64.to_le_bytes());
    put(20, &0.025_f64.to_le_bytes());
    put(36, &1500_f64.to_le_bytes());
    put(46, b"Morada\0");
    put(BLOCK, b"SIS0\0\0\0\0\0\0\x05\0\x0e\0\x1f\0\x02\0\x73\0");
    put(BLOCK + 26, b"\0");
    put(BLOCK + 58, &[1, 0, 1, 0, 1, 0, 8, 0, 0, 0]);
    let at = (8 + BLOCK as u32).to_le_bytes();
    VendorFile {
        name: "olympus_sis.tif",
        bytes: tiff_of(&strip, &[(33560, LONG, &at)]),
        beside: vec![],
    }
}

fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, has_errors) = encoding.encode(text);
    assert!(!has_errors, "{text}");
    bytes.into_owned()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn tescan_block(kind: u16, content: &[u8]) -> Vec<u8> {
    let size = content.len() as u32 + 2;
    [&size.to_le_bytes()[..], &kind.to_le_bytes(), content].concat()
}

/// A picture of bands with a black strip of white "text" below it.
fn pixel(x: u32, y: u32) -> u8 {
    match y.checked_sub(HEIGHT_PX - BAR_PX) {
        None => (60 + (x * 7 + y * 13) % 150) as u8,
        Some(row) if row % 4 == 1 && x.is_multiple_of(3) => 255,
        Some(_) => 0,
    }
}

fn pixels() -> Vec<u8> {
    (0..HEIGHT_PX).flat_map(|y| (0..WIDTH_PX).map(move |x| pixel(x, y))).collect()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.encode(&pixels(), WIDTH_PX, HEIGHT_PX, image::ExtendedColorType::L8).unwrap();
    bytes
}

/// An uncompressed grey TIFF file with these tags besides those that it needs.
pub fn tiff(tags: &[Tag<'_>]) -> Vec<u8> {
    tiff_of(&pixels(), tags)
}

/// The header of an FEI instrument, whose pixels are twice as wide as high.
pub fn fei_header() -> String {
    FEI.replace("PixelWidth=5.8e-007\r\n", "PixelWidth=5.8e-007\r\nPixelHeight=2.9e-007\r\n")
}

/// The picture of [`tiff`] with that header and these tags.
pub fn tiff_with_fei_header(tags: &[Tag<'_>]) -> Vec<u8> {
    let header = fei_header();
    tiff(&[&[(34682, ASCII, header.as_bytes())], tags].concat())
}

/// A TIFF file of one strip with these tags, which come before those that it needs.
pub fn tiff_of(strip: &[u8], tags: &[Tag<'_>]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut entries: Vec<(u16, u16, Vec<u8>)> = [
        (256, LONG, WIDTH_PX),
        (257, LONG, HEIGHT_PX),
        (258, SHORT, 8),
        (259, SHORT, 1),
        (262, SHORT, 1),
        (273, LONG, 8),
        (277, SHORT, 1),
        (278, LONG, HEIGHT_PX),
        (279, LONG, strip.len() as u32),
    ]
    .into_iter()
    .map(|(tag, kind, value): (u16, u16, u32)| {
        let size = if kind == SHORT { 2 } else { 4 };
        (tag, kind, value.to_le_bytes()[..size].to_vec())
    })
    .collect();
    entries.retain(|(tag, ..)| tags.iter().all(|(own, ..)| own != tag));
    entries.extend(tags.iter().map(|(tag, kind, value)| (*tag, *kind, value.to_vec())));
    entries.sort_by_key(|(tag, ..)| *tag);

    file.extend(strip);
    let mut directory = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, value) in entries {
        let unit = match kind {
            SHORT => 2,
            LONG => 4,
            RATIONAL => 8,
            _ => 1,
        };
        directory.extend(tag.to_le_bytes());
        directory.extend(kind.to_le_bytes());
        directory.extend(((value.len() / unit) as u32).to_le_bytes());
        if value.len() <= 4 {
            directory.extend(&value);
            directory.extend(vec![0; 4 - value.len()]);
        } else {
            directory.extend((file.len() as u32).to_le_bytes());
            file.extend(&value);
        }
    }
    directory.extend([0; 4]);
    let at = file.len() as u32;
    file[4..8].copy_from_slice(&at.to_le_bytes());
    file.extend(directory);
    file
}

fn read_all() -> Vec<(&'static str, Micrograph)> {
    let read_one = |file: VendorFile| {
        let beside = file.beside.into_iter();
        let beside = beside.map(|(name, bytes)| Sidecar { file_name: name.to_owned(), bytes });
        let source = SourceFile::in_memory(Path::new(file.name), file.bytes, beside.collect());
        (file.name, read(&source, &ReadOptions::default()).unwrap())
    };
    vendor_files().into_iter().map(read_one).collect()
}

/// A file; values of its record by field (an empty one is unknown); who tells of the data bar.
type Expected = (&'static str, &'static [(&'static str, &'static str)], DataBarSource);
const EXPECTED: [Expected; 24] = [
    (
        "zeiss.tif",
        &[
            ("vendor", "Zeiss"),
            ("model", "Merlin"),
            ("accelerating_voltage_kv", "3"),
            ("working_distance_mm", "5.961"),
            ("magnification", "8000"),
            ("pixel_size_nm.x", "0.5582"),
            ("field_of_view_um", "11.43"),
            ("acquired_at", "2019-12-09T08:03:05"),
            ("acquired_at_zone", "unknown"),
            ("stage.tilt_deg", "36"),
            ("detector", "InLens"),
            ("user", ""),
        ],
        DataBarSource::Pixels,
    ),
    (
        "zeiss_utf16.tif",
        &[("vendor", "Zeiss"), ("field_of_view_um", "11.43"), ("stage.tilt_deg", "36")],
        DataBarSource::Pixels,
    ),
    (
        "fei.tif",
        &[
            ("vendor", "FEI / Thermo Fisher"),
            ("model", "Quanta"),
            ("accelerating_voltage_kv", "20"),
            ("beam_current_pa", "4000"),
            ("working_distance_mm", "8.38"),
            ("pixel_size_nm.x", "580"),
            ("pixel_size_nm.y", "580"),
            ("field_of_view_um", "596.8"),
            ("dwell_time_us", ""),
            ("acquired_at", "2022-12-14T13:53:39"),
            ("stage.tilt_deg", "28.6478897565"),
            ("detector", "ETD"),
        ],
        DataBarSource::Header,
    ),
    ("fei_old_tag.tif", &[("model", "Quanta"), ("beam_current_pa", "4000")], DataBarSource::Header),
    (
        "thermo.tif",
        &[
            ("accelerating_voltage_kv", "15"),
            ("beam_current_pa", "1600"),
            ("pixel_size_nm.x", "385"),
            ("signal", "SE"),
            ("acquired_at", "2020-08-18T13:40:03"),
        ],
        DataBarSource::Header,
    ),
    (
        "phenom.tif",
        &[("model", "Phenom ProX"), ("accelerating_voltage_kv", "15"), ("pixel_size_nm.x", "250")],
        DataBarSource::Header,
    ),
    ("phenom.jpg", &[("model", "Phenom ProX"), ("pixel_size_nm.x", "250")], DataBarSource::Header),
    (
        "fibics.tif",
        &[
            ("software", "AtlasEngine v5.0"),
            ("acquired_at", "2017-04-20T11:52:36+02:00"),
            ("acquired_at_zone", "+02:00"),
            ("pixel_size_nm.x", "50"),
            ("dwell_time_us", "1"),
            ("detector", "InLens"),
            ("accelerating_voltage_kv", ""),
        ],
        DataBarSource::Pixels,
    ),
    (
        "tescan.tif",
        &[
            ("model", "TESCAN AMBER"),
            ("accelerating_voltage_kv", "30"),
            ("beam_current_pa", "19.7"),
            ("working_distance_mm", "50"),
            ("magnification", "1873.7"),
            ("pixel_size_nm.x", "146.484375"),
            ("field_of_view_um", "9.375"),
            ("dwell_time_us", "32"),
            ("acquired_at", "2023-03-27T00:47:19"),
            ("stage.tilt_deg", "0"),
            ("user", "op"),
        ],
        DataBarSource::Header,
    ),
    (
        "tescan_hdr.tif",
        &[("model", "TESCAN AMBER"), ("working_distance_mm", "50"), ("detector", "E-T")],
        DataBarSource::Header,
    ),
    (
        "jeol_latin1.tif",
        &[
            ("vendor", "JEOL"),
            ("accelerating_voltage_kv", "7"),
            ("working_distance_mm", "10.52"),
            ("pixel_size_nm.x", "10"),
            ("acquired_at", "2020-08-31T15:32:31"),
            ("stage.rotation_deg", "20"),
            ("stage.tilt_deg", "5"),
        ],
        DataBarSource::Header,
    ),
    ("jeol_utf8.tif", &[("pixel_size_nm.x", "10"), ("magnification", "95")], DataBarSource::Header),
    (
        "jeol_note.tif",
        &[("vendor", "JEOL"), ("working_distance_mm", "10.52")],
        DataBarSource::Header,
    ),
    (
        "hitachi_utf16.tif",
        &[
            ("vendor", "Hitachi"),
            ("model", "SU8000"),
            ("sample", "µ-wires"),
            ("accelerating_voltage_kv", "15"),
            ("working_distance_mm", "8.5"),
            ("pixel_size_nm.x", "24.8"),
            ("magnification", "4000"),
            ("stage.x_mm", "76.097"),
            ("acquired_at", "2022-12-14T11:02:13"),
            ("signal", "SE(U)"),
        ],
        DataBarSource::Header,
    ),
    (
        "hitachi_utf8.tif",
        &[("sample", "µ-wires"), ("pixel_size_nm.x", "24.8")],
        DataBarSource::Header,
    ),
    (
        "sec.tif",
        &[
            ("vendor", "SEC"),
            ("accelerating_voltage_kv", "20"),
            ("magnification", "500"),
            ("working_distance_mm", "5"),
            ("acquired_at", "2019-12-03T19:34:27.1369355"),
            ("detector", "SED"),
            ("pixel_size_nm.x", ""),
        ],
        DataBarSource::Pixels,
    ),
    ("imagej.tif", &[("pixel_size_nm.x", "250"), ("vendor", "")], DataBarSource::Pixels),
    (
        "zeiss_windows.tif",
        &[("user", "Šárka – “B”"), ("field_of_view_um", "11.43"), ("stage.tilt_deg", "36")],
        DataBarSource::Pixels,
    ),
    (
        "fei_field.tif",
        &[
            ("pixel_size_nm.x", "9325"),
            ("field_of_view_um", "596.8"),
            ("raw_keys.pixel_size_nm", "[EBeam] HFW / 64"),
        ],
        DataBarSource::Header,
    ),
    (
        "jeol_field.tif",
        &[
            ("pixel_size_nm.x", "1000"),
            ("pixel_size_nm.y", "1000"),
            ("field_of_view_um", "64"),
            ("raw_keys.pixel_size_nm", "$CM_FIELD_OF_VIEW / 64"),
        ],
        DataBarSource::Header,
    ),
    ("jeol_japanese.tif", &[("pixel_size_nm.x", "10"), ("user", "田中")], DataBarSource::Header),
    (
        "ome.tif",
        &[
            ("pixel_size_nm.x", "5"),
            ("pixel_size_nm.y", "6"),
            ("acquired_at", "2024-01-23T05:33:55"),
            ("vendor", ""),
        ],
        DataBarSource::Pixels,
    ),
    (
        "openfibsem.tif",
        &[
            ("pixel_size_nm.x", "100"),
            ("accelerating_voltage_kv", "2"),
            ("beam_current_pa", "100"),
            ("working_distance_mm", "4"),
            ("dwell_time_us", "1"),
            ("beam", "electron"),
            ("software", "OpenFIBSEM"),
        ],
        DataBarSource::Pixels,
    ),
    (
        "olympus_sis.tif",
        &[
            ("vendor", "Olympus SIS"),
            ("pixel_size_nm.x", "0.023928"),
            ("pixel_size_nm.y", "0.025"),
            ("magnification", "1500"),
            ("acquired_at", "2015-03-31T14:05:00"),
            ("detector", "Morada"),
        ],
        DataBarSource::Pixels,
    ),
];

#[test]
fn every_vendors_headers_give_their_values_in_every_place_and_encoding() {
    let files = read_all();
    assert_eq!(files.len(), EXPECTED.len());
    for ((name, micrograph), (expected_name, values, source)) in files.into_iter().zip(EXPECTED) {
        assert_eq!(name, expected_name);
        let record = serde_json::to_value(&micrograph.instrument).unwrap();
        for (field, expected) in values {
            let found = field.split('.').fold(&record, |value, key| &value[key]);
            let agrees = match found.as_f64() {
                Some(number) => expected.parse() == Ok(number),
                None => found.as_str().unwrap_or_default() == *expected,
            };
            assert!(agrees, "{name}: {field} is {found}, not {expected:?}");
        }
        assert_eq!(micrograph.data_bar, DataBar::at_bottom(BAR_PX), "{name}");
        assert_eq!(micrograph.data_bar_source, source, "{name}");
        assert!(!micrograph.raw_headers.is_empty(), "{name} keeps its header");
    }
}

#[test]
fn a_malformed_number_is_listed_with_its_key() {
    let files = read_all();
    let (_, fei) = files.iter().find(|(name, _)| *name == "fei.tif").unwrap();
    let malformed: Vec<(&str, &str)> = fei
        .instrument
        .malformed
        .iter()
        .map(|field| (field.raw_key.as_str(), field.raw_value.as_str()))
        .collect();
    assert_eq!(malformed, [("[EScan] Dwell", "nan")]);
}

#[test]
fn raw_headers_are_kept_verbatim() {
    let files = read_all();
    let header = |wanted: &str| {
        let (_, micrograph) = files.iter().find(|(name, _)| *name == wanted).unwrap();
        (micrograph.raw_headers[0].origin.clone(), micrograph.raw_headers[0].text.clone())
    };
    let zeiss = ZEISS.trim_end_matches('\0').to_owned();
    assert_eq!(header("zeiss.tif"), ("TIFF tag 34118".to_owned(), zeiss.clone()));
    assert_eq!(header("zeiss_utf16.tif"), ("TIFF tag 34119".to_owned(), zeiss));
    assert_eq!(header("sec.tif"), ("sec.tif.txt".to_owned(), SEC.to_owned()));
    assert_eq!(header("hitachi_utf16.tif"), ("hitachi_utf16.txt".to_owned(), HITACHI.to_owned()));
}

/// The file with a page before its own that lacks `tag`, as a preview of the same size does.
fn with_preview_without(mut file: Vec<u8>, tag: u16) -> Vec<u8> {
    let own = u32::from_le_bytes(file[4..8].try_into().unwrap());
    let directory = &file[own as usize..];
    let (_, entries) = directory[..directory.len() - 4].split_at(2);
    let entries = entries.as_chunks::<12>().0.iter();
    let others: Vec<[u8; 12]> =
        entries.filter(|entry| entry[..2] != tag.to_le_bytes()).copied().collect();
    let preview =
        [&(others.len() as u16).to_le_bytes()[..], others.as_flattened(), &own.to_le_bytes()]
            .concat();
    let at = (file.len() as u32).to_le_bytes();
    file[4..8].copy_from_slice(&at);
    file.extend(preview);
    file
}

#[test]
fn a_preview_has_the_header_of_the_data_behind_it() {
    let file = with_preview_without(olympus_sis().bytes, 33560);
    let source = SourceFile::in_memory(Path::new("preview.tif"), file, Vec::new());
    let micrograph = read(&source, &ReadOptions::default()).unwrap();
    assert_eq!((micrograph.page, micrograph.pages), (1, 2));
    assert_eq!(micrograph.instrument.pixel_size_nm.unwrap().x, 0.023928);
}
