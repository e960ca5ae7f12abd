//! A header's values by key, and what became of each: used, or not understood.

use std::collections::{BTreeMap, HashMap};

use super::super::{InstrumentRecord, MalformedField, PixelSizeNm};
use super::quantity::Quantity;

/// No vendor's key is longer, its section or its place in XML counted in.
const LONGEST_KEY_BYTES: usize = 256;
/// No vendor's header has more.
const MOST_VALUES: usize = 20_000;

/// The values of one header.
///
/// Keys are looked up without regard to case and blanks, since versions of one program differ in
/// them; what is reported is the key as the header spells it. Of a key that comes twice the first
/// value counts.
#[derive(Debug, Default)]
pub(super) struct Values {
    by_key: HashMap<String, RawValue>,
    raw_keys: BTreeMap<String, String>,
    malformed: Vec<MalformedField>,
}

/// Pixels that the field of view has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FieldPx {
    /// Along a row.
    pub(super) columns: f64,
    /// From row to row, without a data bar.
    pub(super) rows: Option<f64>,
}

impl FieldPx {
    /// The field that a header tells of, in an image of `size_px`: as many pixels as the header
    /// states, or as many as there are now, where the image was saved at another size since. A
    /// data bar may have come below, so that an image alone does not tell the rows.
    pub(super) fn of(stated_px: Option<[u32; 2]>, size_px: Option<[u32; 2]>) -> Option<Self> {
        let Some([columns, rows]) = stated_px.map(|stated| stated.map(f64::from)) else {
            return Some(Self { columns: f64::from(size_px?[0]), rows: None });
        };
        let scale = super::scale(stated_px?, size_px.unwrap_or(stated_px?)).unwrap_or(1.0);
        Some(Self { columns: columns / scale, rows: Some(rows / scale) })
    }
}

#[derive(Debug, Clone)]
struct RawValue {
    key: String,
    value: String,
}

impl Values {
    /// The lines of an INI file, `key = value` below `[section]`; the raw key is
    /// `[section] key`, or `key` before the first section.
    pub(super) fn of_ini(text: &str, separator: char) -> Self {
        let mut values = Self::default();
        let mut section = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                let name = name.trim_matches([' ', '-']);
                section = if name.len() <= LONGEST_KEY_BYTES {
                    format!("[{name}] ")
                } else {
                    String::new()
                };
            } else if let Some((key, value)) = line.split_once(separator)
                && key.len() <= LONGEST_KEY_BYTES
            {
                values.insert(format!("{section}{}", key.trim()), value);
            }
        }
        values
    }

    /// Adds a value, unless the key has one.
    pub(super) fn insert(&mut self, key: String, value: &str) {
        self.insert_as(&key.clone(), key, value);
    }

    /// The same for a key that is looked up by another name than the header's own.
    pub(super) fn insert_as(&mut self, name: &str, key: String, value: &str) {
        if key.len() > LONGEST_KEY_BYTES || self.by_key.len() >= MOST_VALUES {
            return;
        }
        let value = value.trim().to_owned();
        self.by_key.entry(folded(name)).or_insert(RawValue { key, value });
    }

    /// The header's own spelling of these keys, where it has them.
    fn spelt(&self, keys: &[&str]) -> String {
        let spelt = |key: &&str| self.get(key).map_or(*key, |raw| raw.key.as_str()).to_owned();
        keys.iter().map(spelt).collect::<Vec<_>>().join(", ")
    }

    /// A value that several keys give together.
    pub(super) fn known_of<T>(&mut self, field: &str, keys: &[&str], value: T) -> Option<T> {
        let spelt = self.spelt(keys);
        self.known(field, &spelt, value)
    }

    /// Lists what several keys give together as not understood.
    pub(super) fn note_malformed_of(&mut self, keys: &[&str], raw_value: &str) {
        let spelt = self.spelt(keys);
        self.note_malformed(&spelt, raw_value);
    }

    /// The value of `key`, where it is not blank.
    pub(super) fn raw(&self, key: &str) -> Option<&str> {
        self.get(key).map(|raw| raw.value.as_str())
    }

    fn get(&self, key: &str) -> Option<&RawValue> {
        self.by_key.get(&folded(key)).filter(|raw| !raw.value.is_empty())
    }

    /// A value that the header as a whole tells, such as its vendor.
    pub(super) fn known<T>(&mut self, field: &str, raw_key: &str, value: T) -> Option<T> {
        self.raw_keys.insert(field.to_owned(), raw_key.to_owned());
        Some(value)
    }

    /// The key that a field's value came from; empty where it has none.
    pub(super) fn key_of(&self, field: &str) -> String {
        self.raw_keys.get(field).cloned().unwrap_or_default()
    }

    /// The field has no value after all.
    pub(super) fn forget(&mut self, field: &str) {
        self.raw_keys.remove(field);
    }

    /// What `read` makes of the first of `keys` that it understands; the others that have a value
    /// are listed as malformed.
    pub(super) fn read<T>(
        &mut self,
        field: &str,
        keys: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        for key in keys {
            let Some(RawValue { key, value }) = self.get(key).cloned() else { continue };
            match read(&value) {
                Some(understood) => return self.known(field, &key, understood),
                None => self.note_malformed(&key, &value),
            }
        }
        None
    }

    /// The first of `keys` that is not blank.
    pub(super) fn text(&mut self, field: &str, keys: &[&str]) -> Option<String> {
        self.read(field, keys, |value| Some(value.to_owned()))
    }

    /// The same, where one word stands for nothing.
    pub(super) fn text_but(&mut self, field: &str, keys: &[&str], nothing: &str) -> Option<String> {
        let is_something = |key: &&&str| self.raw(key) != Some(nothing);
        let keys: Vec<&str> = keys.iter().filter(is_something).copied().collect();
        self.text(field, &keys)
    }

    /// The first of `keys` that has a number with a unit.
    pub(super) fn quantity(
        &mut self,
        field: &str,
        keys: &[&str],
        quantity: Quantity,
    ) -> Option<f64> {
        self.read(field, keys, |value| quantity.read(value))
    }

    /// The first of `keys` that has a number above zero: nothing has no size, and nobody looks at
    /// it with no voltage.
    pub(super) fn positive(
        &mut self,
        field: &str,
        keys: &[&str],
        quantity: Quantity,
    ) -> Option<f64> {
        self.read(field, keys, |value| quantity.read(value).filter(|number| *number > 0.0))
    }

    /// The same where zero stands for what was not measured: it is absent and not malformed.
    pub(super) fn measured(
        &mut self,
        field: &str,
        keys: &[&str],
        quantity: Quantity,
    ) -> Option<f64> {
        let is_zero = |key: &&&str| self.raw(key).and_then(|raw| quantity.read(raw)) == Some(0.0);
        let keys: Vec<&str> = keys.iter().filter(|key| !is_zero(key)).copied().collect();
        self.quantity(field, &keys, quantity)
    }

    /// The moment that a date and a time of day in two values give together.
    pub(super) fn date_and_time(
        &mut self,
        date_key: &str,
        time_key: &str,
        read: impl Fn(&str, &str) -> Option<String>,
    ) -> Option<String> {
        let (date, time) = (self.raw(date_key)?.to_owned(), self.raw(time_key)?.to_owned());
        let keys = [date_key, time_key];
        match read(&date, &time) {
            Some(at) => self.known_of("acquired_at", &keys, at),
            None => {
                self.note_malformed_of(&keys, &format!("{date}, {time}"));
                None
            }
        }
    }

    /// A pixel's width and height; one that has no height of its own is square.
    pub(super) fn pixel_size_nm(
        &mut self,
        x_keys: &[&str],
        y_keys: &[&str],
        length: Quantity,
    ) -> Option<PixelSizeNm> {
        let x = self.positive("pixel_size_nm", x_keys, length)?;
        let is_stated = y_keys.iter().any(|key| self.raw(key).is_some());
        let (source, keys) = (self.raw_keys.get("pixel_size_nm").cloned(), y_keys);
        let y = self.positive("pixel_size_nm", keys, length);
        match (y, source) {
            // A height that is there and not understood is no square's.
            (None, _) if is_stated => {
                self.forget("pixel_size_nm");
                None
            }
            (y, source) => {
                self.raw_keys.extend(source.map(|key| ("pixel_size_nm".to_owned(), key)));
                Some(PixelSizeNm { x, y: y.unwrap_or(x) })
            }
        }
    }

    /// A pixel's width and height by those of the field, which has so many columns and, where that
    /// is known, rows. The key says what the field was divided by.
    pub(super) fn pixel_size_of_field_nm(
        &mut self,
        x_keys: &[&str],
        y_keys: &[&str],
        length: Quantity,
        field: FieldPx,
    ) -> Option<PixelSizeNm> {
        let nm = length.in_unit("nm");
        let width_nm = self.positive("pixel_size_nm", x_keys, nm)?;
        let key = self.key_of("pixel_size_nm");
        let height_nm = self.positive("pixel_size_nm", y_keys, nm);
        let x = width_nm / field.columns;
        let y = height_nm.zip(field.rows).map_or(x, |(height_nm, rows)| height_nm / rows);
        self.known("pixel_size_nm", &format!("{key} / {}", field.columns), PixelSizeNm { x, y })
    }

    /// A switch's position.
    pub(super) fn switch(&mut self, field: &str, keys: &[&str]) -> Option<bool> {
        self.read(field, keys, |value| match value.to_ascii_lowercase().as_str() {
            "on" | "yes" | "true" | "1" => Some(true),
            "off" | "no" | "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// Lists a value that could not be understood, once.
    pub(super) fn note_malformed(&mut self, raw_key: &str, raw_value: &str) {
        let field = MalformedField { raw_key: raw_key.to_owned(), raw_value: raw_value.to_owned() };
        if !self.malformed.contains(&field) {
            self.malformed.push(field);
        }
    }

    /// The record with its keys' names and what was not understood.
    pub(super) fn into_record(self, record: InstrumentRecord) -> InstrumentRecord {
        InstrumentRecord { raw_keys: self.raw_keys, malformed: self.malformed, ..record }
    }
}

fn folded(key: &str) -> String {
    key.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::quantity::{LENGTH, VOLTAGE};
    use super::*;

    const INI: &str =
        "Name=a\r\n[Beam]\r\nHV = 5 kV\r\nWD=x\r\nwd2=5 mm\n[   - Stage]\r\nX=1\r\nBlank=\r\n";

    #[test]
    fn keys_are_found_whatever_their_case_and_reported_as_written() {
        let mut values = Values::of_ini(INI, '=');
        assert_eq!(values.raw("Name"), Some("a"));
        assert_eq!(values.raw("[stage] x"), Some("1"));
        assert_eq!(values.quantity("voltage", &["[BEAM] hv"], VOLTAGE), Some(5.0));
        let record = values.into_record(InstrumentRecord::default());
        assert_eq!(record.raw_keys["voltage"], "[Beam] HV");
    }

    #[test]
    fn what_is_not_understood_is_listed_and_the_next_key_is_tried() {
        let mut values = Values::of_ini(INI, '=');
        let keys = ["[Beam] WD", "[Beam] WD2"];
        assert_eq!(values.quantity("wd", &keys, LENGTH.in_unit("mm")), Some(5.0));
        let record = values.into_record(InstrumentRecord::default());
        assert_eq!(record.raw_keys["wd"], "[Beam] wd2");
        assert_eq!(record.malformed.len(), 1);
        assert_eq!(record.malformed[0].raw_value, "x");
    }

    #[test]
    fn the_field_has_the_columns_that_the_header_states_or_the_image_has_now() {
        let of = |stated, size| {
            let FieldPx { columns, rows } = FieldPx::of(stated, size)?;
            Some((columns, rows))
        };
        let stated = Some([1280, 960]);
        let whole = Some((1280.0, Some(960.0)));
        assert_eq!(of(stated, Some([1280, 960])), whole);
        assert_eq!(of(stated, Some([1280, 1024])), whole, "a data bar below");
        assert_eq!(of(stated, Some([640, 512])), Some((640.0, Some(480.0))), "saved smaller");
        assert_eq!(of(stated, Some([400, 200])), whole, "a part of the picture");
        assert_eq!(of(stated, None), whole);
        assert_eq!(of(None, Some([1024, 943])), Some((1024.0, None)));
        assert_eq!(of(None, None), None);
    }

    #[test]
    fn a_pixel_follows_from_the_field_and_names_its_key() {
        let mut values = Values::of_ini("HFW=2.56e-5\nVFW=0.96e-5\n", '=');
        let field = FieldPx { columns: 1280.0, rows: Some(960.0) };
        let metres = LENGTH.bare("m");
        let size = values.pixel_size_of_field_nm(&["hfw"], &["vfw"], metres, field).unwrap();
        assert!((size.x - 20.0).abs() < 1e-9 && (size.y - 10.0).abs() < 1e-9, "{size:?}");
        let square = FieldPx { rows: None, ..field };
        let size = values.pixel_size_of_field_nm(&["hfw"], &["vfw"], metres, square).unwrap();
        assert_eq!(size.x, size.y);
        let record = values.into_record(InstrumentRecord::default());
        assert_eq!(record.raw_keys["pixel_size_nm"], "HFW / 1280");
    }

    #[test]
    fn a_blank_value_is_absent_and_not_malformed() {
        let mut values = Values::of_ini(INI, '=');
        assert_eq!(values.quantity("blank", &["[Stage] Blank"], LENGTH), None);
        assert_eq!(values.into_record(InstrumentRecord::default()).malformed, []);
    }
}
