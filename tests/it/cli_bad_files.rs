//! Files that cannot be read: each is an answer of its own, and the run goes on.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::Program;

/// A TIFF file's header that claims an 8-bit image of this size, and a few of its bytes.
fn tiff_claiming(width_px: u32, height_px: u32) -> Vec<u8> {
    const LONG: u16 = 4;
    const SHORT: u16 = 3;
    let entries = [
        (256, LONG, width_px),
        (257, LONG, height_px),
        (258, SHORT, 8), // bits
        (259, SHORT, 1), // uncompressed
        (262, SHORT, 1), // black is zero
        (273, LONG, 8),  // where the strip begins
        (277, SHORT, 1), // samples
        (278, LONG, height_px),
        (279, LONG, 100), // bytes in the strip
    ];
    let mut file = b"II*\0\x08\0\0\0\x09\0".to_vec();
    for (tag, kind, value) in entries {
        file.extend(u16::to_le_bytes(tag));
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(u32::to_le_bytes(value));
    }
    file.extend([0; 104]);
    file
}

/// A PNG file's header that claims 2,147,483,647 px each way.
fn huge_png() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(i32::MAX.to_be_bytes());
    file.extend(i32::MAX.to_be_bytes());
    file.extend([8, 0, 0, 0, 0]);
    file.extend(0x31a2_54ba_u32.to_be_bytes());
    file.extend(b"\0\0\0\x04IDAT\0\0\0\0\0\0\0\0");
    file
}

/// Classifies a good file among bad ones and gives the bad ones' errors, in order.
fn errors_beside_a_good_file(program: &Program, bad: &[PathBuf]) -> Vec<String> {
    let good = program.copy_sample("Tips/Tips_0000.tif", "good.tif");
    let files: Vec<PathBuf> = bad.iter().cloned().chain([good]).collect();
    let mut errors = Vec::new();
    for command in ["inspect", "classify"] {
        let arguments = [command.into(), "--json".into()].into_iter().chain(files.clone());
        let ran = program.run(arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let mut rows = ran.rows();
        assert_eq!(rows.len(), files.len(), "{command}");
        let good = rows.pop().unwrap();
        assert_eq!(good["error"], Value::Null, "{command}");
        assert!(command == "inspect" || good["top"].as_array().unwrap().len() == 5);
        errors = rows
            .iter()
            .zip(bad)
            .map(|(row, path)| {
                assert_eq!(row["path"], path.display().to_string(), "{command}");
                assert!(command == "inspect" || row["top"].as_array().unwrap().is_empty());
                row["error"].as_str().unwrap().to_owned()
            })
            .collect();
    }
    errors
}

#[test]
fn each_bad_file_says_what_is_wrong_with_it_and_the_good_one_is_classified() {
    let program = Program::new();
    let whole = fs::read(program.copy_sample("Tips/Tips_0001.tif", "whole.tif")).unwrap();
    let mut jpeg = Vec::new();
    let noise = image::GrayImage::from_fn(90, 70, |x, y| image::Luma([(x * y * 7) as u8]));
    noise.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut jpeg)).unwrap();
    let folder = program.folder().join("folder.tif");
    fs::create_dir(&folder).unwrap();
    let bad = [
        (program.write("cut.tif", &whole[..2000]), "cut short: the file ends too early"),
        (program.write("header.tif", &whole[..6]), "cut short"),
        (program.write("empty.tif", ""), "empty (0 bytes)"),
        (program.write("huge.tif", tiff_claiming(4_000_000_000, 4_000_000_000)), "--limit-mib"),
        (program.write("wide.tif", tiff_claiming(4_000_000_000, 1)), "4000000000×1 px"),
        (program.write("none.tif", tiff_claiming(0, 0)), "TIFF"),
        (program.write("claim.tif", tiff_claiming(3000, 3000)), "cut short"),
        (program.write("huge.png", huge_png()), "no memory holds"),
        (program.write("cut.jpg", &jpeg[..jpeg.len() / 2]), "JPEG data are damaged"),
        (program.write("text.tif", "just words\n"), "looks like a text file"),
        (program.write("paper.tif", "%PDF-1.7 and so on"), "a PDF document"),
        (folder, "no image in this folder"),
        (program.folder().join("missing.tif"), "No such file"),
    ];
    let (files, words): (Vec<PathBuf>, Vec<&str>) = bad.into_iter().unzip();
    for (error, word) in errors_beside_a_good_file(&program, &files).iter().zip(words) {
        // How a missing file is said is the system's own.
        let matches = error.contains(word) || (cfg!(windows) && word == "No such file");
        assert!(matches, "no {word:?} in {error:?}");
    }
}

#[test]
fn a_blank_picture_is_read_and_not_classified() {
    let program = Program::new();
    image::GrayImage::new(50, 40).save(program.folder().join("blank.png")).unwrap();
    program.line("inspect --json blank.png").fine();
    let ran = program.line("classify --json blank.png");
    assert_eq!(ran.code, Some(1));
    assert!(ran.rows()[0]["error"].as_str().unwrap().contains("blank"), "{}", ran.stdout);
}

#[test]
fn nothing_but_bad_files_is_nothing_done() {
    let program = Program::new();
    program.write("a.tif", "");
    program.write("b.tif", "words");
    for command in ["inspect", "classify", "export hdf5 --out h"] {
        let ran = program.line(&format!("{command} --json a.tif b.tif missing.tif"));
        assert_eq!(ran.code, Some(1), "{command}: {}", ran.stderr);
        let rows = ran.rows();
        assert_eq!(rows.len(), 3, "{command}");
        assert!(rows.iter().all(|row| row["error"].is_string()), "{command}: {}", ran.stdout);
    }
}

#[test]
fn the_content_decides_the_format_not_the_name() {
    let program = Program::new();
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::GrayImage::from_fn(40, 30, |x, y| image::Luma([(x * y % 256) as u8]));
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    program.write("png.tif", png.into_inner());
    let row = program.line("inspect --json png.tif").fine().row();
    assert_eq!((&row["width_px"], &row["height_px"]), (&40.into(), &30.into()));
    assert_eq!(program.line("classify png.tif").fine().stdout.lines().count(), 1);
}

#[test]
fn an_export_writes_the_good_files_and_names_the_bad_ones() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "in/good.tif");
    program.write("in/bad.tif", "words");
    let ran = program.line("export hdf5 --out h in");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stdout.contains("bad.tif") && !ran.stdout.contains("good.tif"), "{}", ran.stdout);
    assert!(program.folder().join("h/good.h5").is_file());
    assert!(!program.folder().join("h/bad.h5").exists());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt as _;

    let program = Program::new();
    let locked = program.write("locked.tif", "words");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "skipped: the administrator may read every file").unwrap();
        return;
    }
    let errors = errors_beside_a_good_file(&program, &[locked]);
    assert!(errors[0].contains("Permission denied"), "{errors:?}");
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_refused_and_not_waited_for() {
    let program = Program::new();
    let pipe = program.folder().join("pipe.tif");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let errors = errors_beside_a_good_file(&program, &[pipe]);
    assert!(errors[0].contains("not a regular file"), "{errors:?}");
}

#[cfg(target_os = "linux")] // macOS allows no such names
#[test]
fn a_name_that_is_not_utf8_is_no_obstacle() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let program = Program::new();
    let good = program.copy_sample("Tips/Tips_0000.tif", "good.tif");
    let odd = OsStr::from_bytes(b"\xb5m.tif"); // µm in Latin-1
    fs::copy(good, program.folder().join(odd)).unwrap();
    for command in [vec!["inspect"], vec!["classify"], vec!["export", "hdf5", "--out", "h"]] {
        let arguments = command.iter().map(OsStr::new).chain([OsStr::new("--json"), odd]);
        let row = program.run(arguments).fine().row();
        assert_eq!(row["path"], "\u{fffd}m.tif", "{command:?}");
        assert!(row["error"].is_null(), "{command:?}");
    }
    assert!(program.folder().join("h/\u{fffd}m.h5").is_file());
}
