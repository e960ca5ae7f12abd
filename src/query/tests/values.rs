//! What the values of fields mean.

use super::condition;
use crate::query::{
    CategoryField, Condition, DateField, Field, LabelOrigin, NumberField, Pattern, PatternPart,
    Property, State, TextField,
};

#[test]
fn names_and_aliases_lead_to_the_same_field_in_any_case() {
    for (alias, name) in [
        ("predicted:A", "prediction:A"),
        ("Voltage:5", "kv:5"),
        ("kV:5", "kv:5"),
        ("magnification:5", "mag:5"),
        ("pixelsize:5", "pixel:5"),
        ("nm:5", "pixel:5"),
        ("instrument:A", "model:A"),
        ("operator:A", "user:A"),
        ("taken:2024", "date:2024"),
        ("CATEGORY:A", "category:A"),
    ] {
        assert_eq!(condition(alias), condition(name), "{alias}");
    }
}

#[test]
fn category_names_are_taken_as_they_are_written() {
    let name = |name| Condition::Category(CategoryField::First, Pattern::exactly(name));
    assert_eq!(condition("category:Nanowires"), name("Nanowires"));
    assert_eq!(
        condition("category:\"Films and coated surfaces\""),
        name("Films and coated surfaces")
    );
    assert_eq!(condition("category:unknown"), name("unknown"));
    assert_eq!(condition("category:a:b"), name("a:b"));
}

#[test]
fn a_star_in_a_value_stands_for_any_text_unless_escaped() {
    let text = |text: &str| PatternPart::Text(text.to_owned());
    for (query, parts) in [
        ("detector:*SE*", vec![PatternPart::AnyText, text("SE"), PatternPart::AnyText]),
        ("detector:S*E", vec![text("S"), PatternPart::AnyText, text("E")]),
        ("detector:\"In *\"", vec![text("In "), PatternPart::AnyText]),
        (r#"detector:"\*SE""#, vec![text("*SE")]),
        ("detector:**", vec![PatternPart::AnyText]),
    ] {
        let Condition::Matches(TextField::Detector, pattern) = condition(query) else {
            panic!("{query}")
        };
        assert_eq!(pattern.parts(), parts, "{query}");
    }
}

#[test]
fn unknown_means_no_value_only_when_bare() {
    for (text, field) in [
        ("vendor:unknown", Field::Text(TextField::Vendor)),
        ("kv:Unknown", Field::Number(NumberField::VoltageKv)),
        ("date:unknown", Field::Date(DateField::Taken)),
        ("labelled:unknown", Field::Date(DateField::Labelled)),
    ] {
        assert_eq!(condition(text), Condition::Unknown(field));
    }
    let quoted = Condition::Matches(TextField::Vendor, Pattern::exactly("unknown"));
    assert_eq!(condition("vendor:\"unknown\""), quoted);
}

#[test]
fn paths_are_no_patterns() {
    assert_eq!(condition("folder:a/b*"), Condition::Folder("a/b*".to_owned()));
    assert_eq!(condition(r#"folder:"C:\my data""#), Condition::Folder(r"C:\my data".to_owned()));
    assert_eq!(condition("near:a/b.tif"), Condition::Near("a/b.tif".to_owned()));
}

#[test]
fn every_state_and_origin_is_read_by_its_name() {
    for state in State::ALL {
        assert_eq!(condition(&format!("is:{}", state.name())), Condition::Is(state));
    }
    for origin in LabelOrigin::ALL {
        let upper_case = origin.name().to_uppercase();
        assert_eq!(condition(&format!("source:{upper_case}")), Condition::Source(origin));
    }
}

#[test]
fn has_takes_fields_by_name_or_alias_and_metadata() {
    for (text, property) in [
        ("has:second", Property::Category(CategoryField::Second)),
        ("has:prediction", Property::Category(CategoryField::Prediction)),
        ("has:note", Property::Value(Field::Text(TextField::Note))),
        ("has:voltage", Property::Value(Field::Number(NumberField::VoltageKv))),
        ("has:date", Property::Value(Field::Date(DateField::Taken))),
        ("has:Metadata", Property::Metadata),
    ] {
        assert_eq!(condition(text), Condition::Has(property));
    }
}
