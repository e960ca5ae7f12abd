//! What is written is read again.

use std::io::{self, Write};
use std::path::PathBuf;

use super::super::{Decision, LabelRecord, ReadLabels, TableStyle, write_json_lines, write_table};
use super::{category, read};

/// Labels with all that makes tables and JSON difficult.
fn records() -> Vec<LabelRecord> {
    let of = |path: &str, decision| LabelRecord {
        path: PathBuf::from(path),
        decision,
        ..LabelRecord::default()
    };
    vec![
        LabelRecord {
            note: Some("says \"no\", twice;\r\nthen\tyes\n".to_owned()),
            annotated: Some(true),
            excluded: Some(false),
            by: Some("J. Müller, \"JM\"".to_owned()),
            at: Some("2025-03-31T14:05:00.123456789Z".parse().unwrap()),
            source: Some("accepted_prediction".to_owned()),
            sha256: Some("0123456789abcdef".repeat(4)),
            ..of("x/Größe, \"5 µm\".tif", category("Tips, worn", Some("Films"), Some("a / b")))
        },
        of(" path with spaces at its ends ", category("Powder", None, None)),
        of("=SUM(A1).tif", category("=1+1", None, Some("@x"))),
        of("two\nlines.tif", category("一次", None, None)),
        of("a;b.tif", Some(Decision::NoneOfThese)),
        of("#c.tif", Some(Decision::Unusable)),
        LabelRecord { excluded: Some(true), ..of("flag only.tif", None) },
        LabelRecord { note: Some("\"".to_owned()), ..of("note only.tif", None) },
    ]
}

fn assert_equal(read: &ReadLabels, wanted: &[LabelRecord]) {
    let found: Vec<LabelRecord> = read.labels.iter().map(|label| label.record.clone()).collect();
    assert_eq!(found, wanted);
    assert_eq!((read.problems.len(), read.without_label), (0, 0));
    assert!(read.unused_columns.is_empty());
}

#[test]
fn a_table_reads_back_equal() {
    let mut table = Vec::new();
    write_table(&mut table, TableStyle::default(), &records()).unwrap();
    for name in ["labels.csv", "labels.tsv", "labels.txt"] {
        assert_equal(&read(name, &table).unwrap(), &records());
    }
}

#[test]
fn json_lines_read_back_equal() {
    let mut lines = Vec::new();
    write_json_lines(&mut lines, &records()).unwrap();
    for name in ["labels.json", "labels.jsonl"] {
        assert_equal(&read(name, &lines).unwrap(), &records());
    }
}

#[test]
fn each_record_alone_reads_back_equal() {
    for record in records() {
        let (mut table, mut lines) = (Vec::new(), Vec::new());
        write_table(&mut table, TableStyle::default(), [&record]).unwrap();
        write_json_lines(&mut lines, [&record]).unwrap();
        assert_equal(&read("labels.csv", table).unwrap(), std::slice::from_ref(&record));
        assert_equal(&read("labels.jsonl", lines).unwrap(), std::slice::from_ref(&record));
    }
}

#[test]
fn no_labels_read_back_as_none() {
    let (mut table, mut lines) = (Vec::new(), Vec::new());
    write_table(&mut table, TableStyle::default(), []).unwrap();
    write_json_lines(&mut lines, []).unwrap();
    assert_equal(&read("labels.csv", table).unwrap(), &[]);
    assert_equal(&read("labels.jsonl", lines).unwrap(), &[]);
}

#[test]
fn the_names_in_the_files_are_these() {
    let (mut table, mut lines) = (Vec::new(), Vec::new());
    let record = &records()[4];
    write_table(&mut table, TableStyle::default(), [record]).unwrap();
    write_json_lines(&mut lines, [record]).unwrap();
    assert_eq!(
        String::from_utf8(table).unwrap(),
        "path,category,second,subcategory,answer,note,annotated,excluded,by,at,source,sha256\n\
         a;b.tif,,,,none_of_these,,,,,,,\n"
    );
    assert_eq!(
        String::from_utf8(lines).unwrap(),
        "{\"path\":\"a;b.tif\",\"answer\":\"none_of_these\"}\n"
    );
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let of_table = write_table(Full, TableStyle::default(), &records()).unwrap_err();
    let of_lines = write_json_lines(Full, &records()).unwrap_err();
    assert_eq!(of_table.kind(), io::ErrorKind::StorageFull);
    assert_eq!(of_lines.kind(), io::ErrorKind::StorageFull);
}
