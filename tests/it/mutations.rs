//! Damaged files: every one is an answer within two seconds and within the limit of memory.
//!
//! Each file is cut at 64 lengths and damaged in 200 ways, always the same ones, and read by the
//! program itself in a process of its own, whose address space is limited (`ulimit -v`): what takes
//! more memory than it may ends the process, and the test.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use ruzstd::encoding::CompressionLevel;
use serde_json::Value;

use crate::known::real_data;
use crate::vendor_files::{ASCII, BYTE, LONG, SHORT, Tag, VendorFile, tiff, tiff_of, vendor_files};

const CUTS: usize = 64;
const CORRUPTIONS: usize = 200;
/// What the program may take for a file, in MiB.
const LIMIT_MIB: u64 = 32;
/// What it has besides, for itself, its libraries, the file and its headers. In KiB, as `ulimit` counts.
const ROOM_KIB: u64 = 128 * 1024;
/// A file that takes longer, in time of the processor and not of the clock, is a hang.
const LONGEST_CPU_S: f64 = 2.0;
/// Real files are damaged too, up to this size: the largest would fill the disk.
const LARGEST_BYTES: usize = 2 << 20;

/// Damaged copies of `bytes`, each with its name.
fn mutants(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let cuts = (0..CUTS).map(|i| {
        // Half of the cuts in the first kilobyte, where the structure is.
        let length = match i % 2 {
            0 => bytes.len() * i / CUTS,
            _ => bytes.len().min(1024) * i / CUTS,
        };
        (format!("cut{i}"), bytes[..length].to_vec())
    });
    let mut random = ChaCha8Rng::seed_from_u64(bytes.len() as u64);
    let corruptions = (0..CORRUPTIONS).map(move |i| {
        let mut damaged = bytes.to_vec();
        let count = random.random_range(1..=8);
        for _ in 0..count {
            // Mostly where the structure is: at the beginning or at the end.
            let near = damaged.len().min(2048);
            let at = match random.random_range(0..3) {
                0 => random.random_range(0..near),
                1 => damaged.len() - 1 - random.random_range(0..near),
                _ => random.random_range(0..damaged.len()),
            };
            damaged[at] = match random.random_range(0..4) {
                0 => 0xff,
                1 => 0,
                2 => damaged[at] ^ (1 << random.random_range(0..8)),
                _ => random.random(),
            };
        }
        (format!("random{i}"), damaged)
    });
    cuts.chain(corruptions)
}

/// Writes a file's mutants into `folder`; the text beside it is damaged with it.
fn write_mutants(folder: &Path, file: &VendorFile) -> usize {
    let (stem, extension) = file.name.rsplit_once('.').unwrap();
    let mut texts: Vec<_> = file
        .beside
        .iter()
        .map(|(name, bytes)| (*name, mutants(bytes).collect::<Vec<_>>()))
        .collect();
    let mut count = 0;
    for (index, (kind, bytes)) in mutants(&file.bytes).enumerate() {
        // Where there is a text beside it, every second time the picture stays whole.
        let is_whole = !texts.is_empty() && index % 2 == 0;
        let content = if is_whole { &file.bytes } else { &bytes };
        let new_stem = format!("{stem}-{kind}");
        fs::write(folder.join(format!("{new_stem}.{extension}")), content).unwrap();
        for (name, damaged) in &mut texts {
            let name = name.replacen(stem, &new_stem, 1);
            fs::write(folder.join(name), &damaged[index].1).unwrap();
        }
        count += 1;
    }
    count
}

/// The program, looking at every file in `folder`, in an address space of limited size.
fn limited_inspect(folder: &Path, limit_mib: u64) -> Child {
    let kib = LIMIT_MIB * 1024 + ROOM_KIB;
    let script =
        format!("ulimit -v {kib} && exec \"$0\" inspect --json --limit-mib {limit_mib} \"$1\"");
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_semblance")])
        .arg(folder)
        // The allocator keeps no address space in store: what is taken is what is needed.
        .env("MIMALLOC_DISALLOW_ARENA_ALLOC", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Seconds of the processor that a process has used (`proc(5)`).
fn cpu_seconds(process: u32) -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind the name, which is in brackets and may contain anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_PER_SECOND
}

/// The lines that come, as they come.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let stdout = child.stdout.take().unwrap();
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}

/// Every answer of the program about the files in `folder`.
fn answers(folder: &Path) -> Vec<Value> {
    let mut child = limited_inspect(folder, LIMIT_MIB);
    let lines = lines_of(&mut child);
    let (mut answers, mut used_s): (Vec<Value>, f64) = (Vec::new(), 0.0);
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                answers.push(serde_json::from_str(&line).unwrap());
                used_s = cpu_seconds(child.id());
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let taken_s = cpu_seconds(child.id()) - used_s;
                let last = answers.last().map(|answer| answer["path"].clone());
                if taken_s > LONGEST_CPU_S {
                    let _ = child.kill();
                }
                assert!(taken_s <= LONGEST_CPU_S, "{taken_s} s for the file after {last:?}");
            }
        }
    }
    let status = child.wait().unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let last = answers.last().map(|answer| answer["path"].clone());
    assert!(status.code().is_some(), "ended by {status} after {last:?}: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    answers
}

fn check(files: &[VendorFile]) {
    for file in files {
        let folder = tempfile::tempdir().unwrap();
        let count = write_mutants(folder.path(), file);
        let answers = answers(folder.path());
        assert_eq!(answers.len(), count, "{}", file.name);
        for answer in answers {
            let error = answer["error"].as_str().unwrap_or_default();
            assert!(!error.contains("please report it"), "{answer}");
        }
    }
}

#[test]
fn a_program_that_takes_more_than_it_may_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let black = image::GrayImage::new(12_000, 12_000);
    black.save(folder.path().join("black.png")).unwrap();
    let allowed = limited_inspect(folder.path(), LIMIT_MIB).wait_with_output().unwrap();
    assert_eq!(allowed.status.code(), Some(1), "refused in words");
    let mut deceived = limited_inspect(folder.path(), 1024);
    assert_eq!(deceived.wait().unwrap().code(), None, "ended by a signal");
}

#[test]
fn damaged_files_of_every_vendor_are_answered_in_time_and_within_the_limit() {
    check(&vendor_files());
}

/// A JPEG stream of 14,000×14,000 px that begins like one of 16×1.
fn hidden_frame() -> Vec<u8> {
    let mut black = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut black);
    let pixels = vec![0; 14_000 * 14_000];
    encoder.encode(&pixels, 14_000, 14_000, image::ExtendedColorType::L8).unwrap();
    // A restart marker, whose "length" hides the small frame from who expects none there.
    let small = [0xff, 0xd0, 0, 15, 0xff, 0xc0, 0, 11, 8, 0, 1, 0, 16, 1, 1, 0x11, 0];
    [&black[..2], &small, &black[2..]].concat()
}

/// Files that somebody made to be slow or large.
#[test]
fn files_made_to_cost_time_or_memory_are_answered_in_time_and_within_the_limit() {
    let long = "A".repeat(200_000);
    let keys: String = (0..4000).map(|i| format!("k{i}=1\n")).collect();
    let elements: String = (0..4000).map(|i| format!("<k{i}>1</k{i}>")).collect();
    let deep = "<a>".repeat(200_000);
    let many: String = (0..300_000).map(|i| format!("[s{i}]\nk=1\n")).collect();
    let file = |name, bytes| VendorFile { name, bytes, beside: vec![] };
    let tagged = |name, tag, text: String| file(name, tiff(&[(tag, ASCII, text.as_bytes())]));
    let picture = tiff(&[]);
    let mut xml_behind_picture = picture.clone();
    xml_behind_picture.extend(format!("<FeiImage>{elements}{elements}</FeiImage>").into_bytes());
    let bytes_as_offsets = vec![8_u8; 4 << 20];
    let hidden = hidden_frame();
    let sixteen_by_one: [Tag<'_>; 4] = [
        (256, LONG, &[16, 0, 0, 0]),
        (257, LONG, &[1, 0, 0, 0]),
        (259, SHORT, &[7, 0]),
        (278, LONG, &[1, 0, 0, 0]),
    ];
    let files = [
        tagged("section.tif", 34682, format!("[User]\n[Beam]\n[{long}]\n{keys}")),
        tagged("element.tif", 51023, format!("<Fibics><{long}>{elements}</{long}></Fibics>")),
        tagged("deep.tif", 51023, format!("<Fibics>{deep}")),
        tagged("many.tif", 34682, format!("[User]\n[Beam]\n{many}")),
        file(
            "offsets.tif",
            tiff(&[(324, BYTE, &bytes_as_offsets), (325, BYTE, &bytes_as_offsets)]),
        ),
        file("frame.tif", tiff_of(&hidden, &sixteen_by_one)),
        file("garbage.tif", vec![b'x'; 8 << 20]),
        file("xml.jpg", xml_behind_picture),
    ];
    let folder = tempfile::tempdir().unwrap();
    for file in &files {
        fs::write(folder.path().join(file.name), &file.bytes).unwrap();
    }
    assert_eq!(answers(folder.path()).len(), files.len());
}

/// A strip of 6400 values, 0 to 63 again and again, compressed by liblzma as libtiff has it done:
/// with differences from byte to byte.
const LZMA_STRIP: [u8; 100] = [
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff, 0x12, 0xd9, 0x41, 0x02, 0x01, 0x03, 0x01,
    0x00, 0x21, 0x01, 0x0c, 0x03, 0xd9, 0xa6, 0x13, 0xe0, 0x18, 0xff, 0x00, 0x2a, 0x5d, 0x00, 0x00,
    0x00, 0x94, 0x24, 0xa2, 0xb0, 0x57, 0x20, 0xbd, 0xfb, 0xaa, 0x8d, 0x58, 0xa6, 0xb2, 0xd3, 0x16,
    0x6e, 0x77, 0xeb, 0x79, 0x55, 0xf5, 0x95, 0xa0, 0x26, 0x86, 0x50, 0x9a, 0x7c, 0x28, 0x8e, 0xe1,
    0x9f, 0x9a, 0xa8, 0x9a, 0x6f, 0x28, 0xb9, 0xdc, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x3e, 0x80,
    0x32, 0x00, 0x00, 0x00, 0xb8, 0x32, 0xe1, 0x16, 0xa8, 0x00, 0x0a, 0xfc, 0x02, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x59, 0x5a,
];

/// TIFF files of kinds that no vendor's file here has.
fn other_tiffs() -> Vec<VendorFile> {
    let file = |name, bytes| VendorFile { name, bytes, beside: vec![] };
    let strip: Vec<u8> = (0..64).cycle().take(6400).collect();
    let zstd = ruzstd::encoding::compress_to_vec(&strip[..], CompressionLevel::Fastest);
    let floats: Vec<u8> = strip.iter().flat_map(|value| f32::from(*value).to_le_bytes()).collect();
    let compressed = |code: u16| (259, SHORT, code.to_le_bytes());
    let (zstd_code, lzma_code) = (compressed(50_000), compressed(34_925));
    let of = |strip: &[u8], tags: &[(u16, u16, [u8; 2])]| {
        let tags: Vec<Tag<'_>> =
            tags.iter().map(|(tag, kind, value)| (*tag, *kind, &value[..])).collect();
        tiff_of(strip, &tags)
    };
    vec![
        file("zstd.tif", of(&zstd, &[zstd_code, (266, SHORT, [1, 0])])),
        file("lzma.tif", of(&LZMA_STRIP, &[lzma_code, (274, SHORT, [6, 0])])),
        file("float.tif", of(&floats, &[(258, SHORT, [32, 0]), (339, SHORT, [3, 0])])),
    ]
}

#[test]
fn damaged_images_of_every_format_are_answered_in_time_and_within_the_limit() {
    let gray = image::GrayImage::from_fn(90, 70, |x, y| image::Luma([(x * 7 + y * 3) as u8]));
    let colored = image::RgbImage::from_fn(90, 70, |x, y| image::Rgb([x as u8, y as u8, 9]));
    let bytes = |format: image::ImageFormat, image: &image::DynamicImage| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let (gray, colored) = (gray.into(), colored.into());
    let file = |name, bytes| VendorFile { name, bytes, beside: vec![] };
    let tiffs = other_tiffs();
    let whole = tempfile::tempdir().unwrap();
    for file in &tiffs {
        fs::write(whole.path().join(file.name), &file.bytes).unwrap();
    }
    for answer in answers(whole.path()) {
        assert_eq!(answer["error"], Value::Null, "{answer}");
    }
    check(&tiffs);
    check(&[
        file("gray.png", bytes(image::ImageFormat::Png, &gray)),
        file("colored.png", bytes(image::ImageFormat::Png, &colored)),
        file("gray.jpg", bytes(image::ImageFormat::Jpeg, &gray)),
        file("colored.jpg", bytes(image::ImageFormat::Jpeg, &colored)),
        file("colored.bmp", bytes(image::ImageFormat::Bmp, &colored)),
    ]);
}

#[test]
fn damaged_real_files_are_answered_in_time_and_within_the_limit() {
    let Some(data) = real_data() else { return };
    for name in [
        "zeiss/test_tiff_Zeiss_SEM_512pix.tif",
        "fei_thermo/FEI-Helios-Ebeam-16bits.tif",
        "zeiss_fibics_atlas/InLens_keyframe_00001_slice_00006_z=1.6659um.tif",
        "tescan/image_ChanA_000003.tif",
        "fei_thermo/SEM_Image-SliceImage-001.tif",
    ] {
        let bytes = fs::read(data.join("vendor").join(name)).unwrap();
        assert!(bytes.len() <= LARGEST_BYTES, "{name}");
        let name = name.rsplit('/').next().unwrap();
        check(&[VendorFile { name, bytes, beside: vec![] }]);
    }
    let jpeg = data.join("vendor/sec_sne/ETRI_ 20 kV_SE_HighVac_x500 __454.jpg");
    let text = jpeg.with_extension("jpg.txt");
    let beside = vec![("sec.jpg.txt", fs::read(text).unwrap())];
    check(&[VendorFile { name: "sec.jpg", bytes: fs::read(jpeg).unwrap(), beside }]);
}
