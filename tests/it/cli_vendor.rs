//! Values in files as instruments write them, against those that tifffile 2026.3.3 reads there.
//!
//! The files are not ours to ship: where `../shared/data` (or the folder that
//! `SEMBLANCE_TEST_DATA` names) is absent, this is skipped.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::program::Program;

/// File; kV; working distance in mm; pixel size in nm; magnification; beam current in pA; rows of
/// the data bar (`(PrivateFei, DatabarHeight)`, or the rows that `ResolutionY` leaves); depth;
/// pages; detector.
type Known = (&'static str, [Option<f64>; 5], Option<u32>, u8, u32, &'static str);

const ZEISS: [Known; 6] = [
    (
        "1-as-cast_16_Sch_10k_InLens.tif",
        [Some(10.0), Some(4.967), Some(11.16), Some(10_000.0), Some(200_000.0)],
        None,
        8,
        1,
        "InLens",
    ),
    (
        "1-as-cast_17_Sch_10k_SESI.tif",
        [Some(10.0), Some(4.967), Some(11.16), Some(10_000.0), Some(200_000.0)],
        None,
        8,
        1,
        "SESI",
    ),
    (
        "125nm_03.tif",
        [Some(3.0), Some(5.961), Some(35.03), Some(8_000.0), Some(100.0)],
        None,
        8,
        1,
        "InLens",
    ),
    (
        "FeMoOx_AntiA_04_1k5x_CN.tif",
        [Some(5.0), Some(5.1), Some(74.43), Some(1_500.0), Some(200_000.0)],
        None,
        8,
        1,
        "InLens",
    ),
    (
        // A 2k store: "Pixel Size" is twice what "Image Pixel Size" says.
        "ZEISS_SEM_multipage.tif",
        [Some(1.8), Some(4.5), Some(12.33), Some(4_530.0), Some(4_700.0)],
        None,
        8,
        2,
        "InLens",
    ),
    (
        "test_tiff_Zeiss_SEM_512pix.tif",
        [Some(5.0), Some(3.9), Some(5.825), Some(50_000.0), None],
        None,
        8,
        1,
        "InLens",
    ),
];

const FEI: [Known; 5] = [
    (
        "800_020.tif",
        [Some(20.0), Some(8.38328), Some(582.812), None, Some(4_000.0)],
        Some(59),
        8,
        1,
        "ETD",
    ),
    (
        "FEI-Helios-Ebeam-16bits.tif",
        [Some(5.0), Some(4.03466), Some(3_372.4), None, Some(6.25)],
        Some(29),
        16,
        1,
        "ETD",
    ),
    (
        // Where other files have numbers, this one has `notafloat`.
        "FEI-Helios-navcam-with-no-IRBeam-bad-floats.tif",
        [None, None, None, None, None],
        Some(39),
        8,
        1,
        "Nav-Cam",
    ),
    (
        "SEM_Image-SliceImage-001.tif",
        [Some(15.0), Some(4.02349), Some(385.417), None, Some(1_600.0)],
        Some(0),
        8,
        1,
        "ETD",
    ),
    (
        "fibsem__detection__test_image_2.tif",
        [Some(30.0), Some(16.5), Some(97.6562), None, Some(20.0)],
        Some(0),
        8,
        1,
        "ETD",
    ),
];

#[test]
fn inspect_agrees_with_tifffile_on_vendors_files() {
    let data = env::var_os("SEMBLANCE_TEST_DATA").map_or("../shared/data".into(), PathBuf::from);
    let vendor = data.join("vendor");
    if !vendor.is_dir() {
        writeln!(std::io::stderr(), "skipped: there is no {}", vendor.display()).unwrap();
        return;
    }
    let vendor = vendor.canonicalize().unwrap();
    let families = [("zeiss", &ZEISS[..]), ("fei_thermo", &FEI[..])];
    for (family, known) in families {
        for (file, numbers, bar_px, depth, pages, detector) in known {
            let path = vendor.join(family).join(file);
            let arguments = ["inspect".into(), "--json".into(), path];
            let row = Program::new().run(arguments).fine().row();
            let record = &row["instrument"];
            let found = [
                &record["accelerating_voltage_kv"],
                &record["working_distance_mm"],
                &record["pixel_size_nm"]["x"],
                &record["magnification"],
                &record["beam_current_pa"],
            ];
            let wanted = numbers.map(|number| number.map_or(Value::Null, Value::from));
            assert_eq!(found, wanted.each_ref(), "{file}");
            if let Some(bar_px) = bar_px {
                assert_eq!(row["data_bar_px"], json!({"top": 0, "bottom": bar_px}), "{file}");
            }
            assert_eq!(
                (&row["bit_depth"], &row["pages"]),
                (&json!(depth), &json!(pages)),
                "{file}"
            );
            assert_eq!(record["detector"], *detector, "{file}");
        }
    }
}
