//! Files far over the limit: a page of a TIFF file is read where it lies, others are refused unread.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SIDE_PX: u64 = 64;
const FAR: u64 = 5 << 30;

/// A sparse BigTIFF whose only page lies far behind the beginning.
fn write_far_page(path: &Path) {
    let mut file = File::create(path).unwrap();
    file.write_all(b"II\x2b\0\x08\0\0\0").unwrap();
    file.write_all(&FAR.to_le_bytes()).unwrap();
    file.seek(SeekFrom::Start(FAR)).unwrap();
    let pixels_at = FAR + 4096;
    let entries: [(u16, u16, u64); 8] = [
        (256, 16, SIDE_PX),
        (257, 16, SIDE_PX),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 16, pixels_at),
        (277, 3, 1),
        (279, 16, SIDE_PX * SIDE_PX),
    ];
    file.write_all(&(entries.len() as u64).to_le_bytes()).unwrap();
    for (tag, kind, value) in entries {
        file.write_all(&tag.to_le_bytes()).unwrap();
        file.write_all(&kind.to_le_bytes()).unwrap();
        file.write_all(&1_u64.to_le_bytes()).unwrap();
        file.write_all(&value.to_le_bytes()).unwrap();
    }
    file.write_all(&0_u64.to_le_bytes()).unwrap();
    file.seek(SeekFrom::Start(pixels_at)).unwrap();
    let pixels: Vec<u8> = (0..SIDE_PX * SIDE_PX).map(|i| (i * 7 % 251) as u8).collect();
    file.write_all(&pixels).unwrap();
}

/// What the program says of a file, in an address space far smaller than it.
fn inspected(path: &Path, limit_mib: u64) -> Value {
    let script = "ulimit -v 262144 && exec \"$0\" inspect --json --limit-mib \"$1\" \"$2\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_semblance"), &limit_mib.to_string()])
        .arg(path)
        .env("MIMALLOC_DISALLOW_ARENA_ALLOC", "1")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}: {stderr}", output.status))
}

#[test]
fn a_page_behind_gigabytes_is_read_and_the_gigabytes_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stack.tif");
    write_far_page(&path);
    let found = inspected(&path, 16);
    assert_eq!(found["error"], Value::Null);
    assert_eq!((&found["width_px"], &found["pages"]), (&SIDE_PX.into(), &1.into()));
}

#[test]
fn a_large_file_of_another_format_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.png");
    let mut file = File::create(&path).unwrap();
    file.write_all(b"\x89PNG\r\n\x1a\n").unwrap();
    file.set_len(FAR).unwrap();
    let error = inspected(&path, 64)["error"].as_str().unwrap().to_owned();
    assert!(error.contains("5120 MiB") && error.contains("--limit-mib"), "{error}");
}
