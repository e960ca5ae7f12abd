//! How long it takes to read a micrograph out of the system's cache: `cargo bench --bench reading`.
//!
//! Prints medians over many readings, and for large files the ratio to libtiff, which reads the same
//! file in the same run (through Python's ctypes, in `libtiff_read.py`; `SEMBLANCE_TEST_PYTHON` names
//! another Python). Reading is what the program does: file, pixels, headers, data bar; what libtiff
//! does is read and unpack all strips. The files are made on the spot.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot work stops")]
#![allow(clippy::print_stdout, reason = "figures go to stdout")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use semblance::micrograph::{DEFAULT_LIMIT_BYTES, ReadOptions, SourceFile, read};
use tiff::encoder::compression::DeflateLevel;
use tiff::encoder::{Compression, TiffEncoder, colortype};
use tiff::tags::Tag;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds, each of which measures every file with both readers.
const ROUNDS: usize = 9;

const FEI_HEADER: &str = "[User]\r\nDate=12/14/2022\r\nTime=01:53:39 PM\r\n[System]\r\nSystemType=Helios\r\n\
    [Beam]\r\nHV=5000\r\nBeam=EBeam\r\nScan=EScan\r\n[EBeam]\r\nHV=5000\r\nWD=0.004\r\nBeamCurrent=2e-11\r\n\
    [EScan]\r\nPixelWidth=1e-9\r\nDwell=1e-6\r\n[Detectors]\r\nName=TLD\r\nMode=SE\r\n";

/// A smooth picture with the noise of a detector; the same every time.
fn value(x: usize, y: usize, state: &mut u32) -> u16 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let noise = (*state >> 24) as u16;
    let smooth = ((x / 7) * 11 + (y / 5) * 13) % 40_000;
    smooth as u16 + noise * 8
}

struct Sample {
    name: &'static str,
    path: PathBuf,
    megabytes: f64,
}

fn write_8_bit(folder: &Path) -> Sample {
    let (width, height) = (1024, 768);
    let mut state = 1;
    let values: Vec<u8> =
        (0..width * height).map(|i| (value(i % width, i / width, &mut state) >> 8) as u8).collect();
    let path = folder.join("8.tif");
    let mut encoder = TiffEncoder::new(File::create(&path).unwrap()).unwrap();
    let mut image = encoder.new_image::<colortype::Gray8>(width as u32, height as u32).unwrap();
    image.encoder().write_tag(Tag::Unknown(34682), FEI_HEADER).unwrap();
    image.write_data(&values).unwrap();
    Sample { name: "1024×768, 8 bit, uncompressed", path, megabytes: values.len() as f64 / 1e6 }
}

fn write_16_bit(folder: &Path, name: &'static str, compression: Compression) -> Sample {
    let (width, height) = (6000, 4000);
    let mut state = 1;
    let values: Vec<u16> =
        (0..width * height).map(|i| value(i % width, i / width, &mut state)).collect();
    let path = folder.join(format!("{}.tif", name.replace(['×', ' ', ','], "")));
    let file = File::create(&path).unwrap();
    let mut encoder = TiffEncoder::new(file).unwrap().with_compression(compression);
    let mut image = encoder.new_image::<colortype::Gray16>(width as u32, height as u32).unwrap();
    image.rows_per_strip(64).unwrap();
    image.encoder().write_tag(Tag::Unknown(34682), FEI_HEADER).unwrap();
    image.write_data(&values).unwrap();
    Sample { name, path, megabytes: values.len() as f64 * 2.0 / 1e6 }
}

fn ours(path: &Path) -> Duration {
    let started = Instant::now();
    let source = SourceFile::open(path, DEFAULT_LIMIT_BYTES).unwrap();
    let micrograph = read(&source, &ReadOptions::default()).unwrap();
    let taken = started.elapsed();
    assert!(micrograph.instrument.working_distance_mm.is_some());
    taken
}

/// What libtiff takes for the same file, or nothing where it cannot be asked.
fn libtiff(path: &Path) -> Option<Duration> {
    let python = std::env::var("SEMBLANCE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/libtiff_read.py");
    let output = Command::new(python).arg(script).arg(path).output().ok()?;
    let seconds: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs_f64(seconds))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let small = write_8_bit(folder.path());
    let large = [
        write_16_bit(folder.path(), "6000×4000, 16 bit, uncompressed", Compression::Uncompressed),
        write_16_bit(folder.path(), "6000×4000, 16 bit, LZW", Compression::Lzw),
        write_16_bit(
            folder.path(),
            "6000×4000, 16 bit, Deflate",
            Compression::Deflate(DeflateLevel::Balanced),
        ),
    ];
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.trim());
    let times: Vec<Duration> = (0..201).map(|_| ours(&small.path)).collect();
    let size = small.megabytes;
    println!(
        "{}: {:.2} ms (median of {}; {size:.1} MB)",
        small.name,
        milliseconds(median(times.clone())),
        times.len()
    );
    for sample in large {
        let rounds: Vec<(Duration, Option<Duration>)> =
            (0..ROUNDS).map(|_| (ours(&sample.path), libtiff(&sample.path))).collect();
        let own = median(rounds.iter().map(|(own, _)| *own).collect());
        let others: Vec<Duration> = rounds.iter().filter_map(|(_, other)| *other).collect();
        print!("{}: {:.0} ms", sample.name, milliseconds(own));
        if others.is_empty() {
            println!(" (libtiff could not be asked)");
        } else {
            let other = median(others);
            let ratio = own.as_secs_f64() / other.as_secs_f64();
            println!(
                ", libtiff {:.0} ms: {ratio:.2} times as long (medians of {ROUNDS}; {:.0} MB)",
                milliseconds(other),
                sample.megabytes
            );
        }
    }
}
