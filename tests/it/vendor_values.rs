//! Values in files as instruments write them, against those that other readers find there.

use std::path::Path;

use semblance::micrograph::{
    DEFAULT_LIMIT_BYTES, InstrumentRecord, ReadChoice, ReadOptions, SourceFile, read, read_sidecar,
};
use serde_json::Value;

use crate::known::{real_data, table};

const VALUES: &str = include_str!("data/vendor_values.csv");

fn record_of(path: &Path, page: Option<u32>) -> InstrumentRecord {
    let source = SourceFile::open(path, DEFAULT_LIMIT_BYTES).unwrap();
    if let Some(record) = read_sidecar(&source).unwrap() {
        return record;
    }
    let choice = ReadChoice { page, ..ReadChoice::default() };
    read(&source, &ReadOptions { choice, ..ReadOptions::default() }).unwrap().instrument
}

#[test]
fn records_agree_with_other_readers_on_vendors_files() {
    let Some(data) = real_data() else { return };
    let mut differences = Vec::new();
    for row in table(VALUES) {
        let [file, page, field, expected] = &row[..] else { panic!("{row:?}") };
        let record = record_of(&data.join("vendor").join(file), page.parse().ok());
        let json = serde_json::to_value(&record).unwrap();
        let found = field.split('.').fold(&json, |value, key| &value[key]);
        let agrees = match found {
            Value::Null => expected.is_empty(),
            Value::Number(number) => {
                // FEI's INI has six digits, its XML more.
                let (found, expected) = (number.as_f64().unwrap(), expected.parse::<f64>());
                expected.is_ok_and(|e| (found - e).abs() <= 1e-5 * e.abs().max(1e-12))
            }
            Value::String(text) => text == expected,
            Value::Bool(is_on) => expected.parse() == Ok(*is_on),
            Value::Array(_) | Value::Object(_) => false,
        };
        if !agrees {
            differences.push(format!("{file} {page} {field}: {found}, not {expected:?}"));
        }
        if !found.is_null() && field != "acquired_at_zone" {
            let field = if field.starts_with("pixel_size_nm") { "pixel_size_nm" } else { field };
            assert!(record.raw_keys.contains_key(field), "{file}: {field} names no raw key");
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
