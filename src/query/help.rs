//! What can be written in a query, for reading it and for explaining it.

use super::subject::Subject;
use super::{CategoryField, DateField, Field, NumberField, TextField};

/// A field, explained.
#[derive(Debug)]
pub struct FieldHelp {
    /// What stands before the colon, without regard to case.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// A query with this field.
    pub example: &'static str,
    /// What the field is about.
    pub meaning: &'static str,
    pub(super) subject: Subject,
}

/// A way to write a query, explained.
#[derive(Debug)]
pub struct FormHelp {
    /// A query of this form.
    pub example: &'static str,
    /// What it finds.
    pub meaning: &'static str,
}

/// All fields, in the order in which they are explained.
pub const FIELDS: &[FieldHelp] = &[
    help(
        Subject::Category(CategoryField::First),
        &[],
        "category:Nanowires,Powder",
        "category of the label",
    ),
    help(
        Subject::Category(CategoryField::Second),
        &[],
        "second:Particles",
        "second category of the label",
    ),
    help(
        Subject::Category(CategoryField::Subcategory),
        &[],
        "subcategory:core*",
        "finer division of the category",
    ),
    help(
        Subject::Category(CategoryField::Prediction),
        &["predicted"],
        "prediction:\"Films and coated surfaces\"",
        "category that the model gives the highest score",
    ),
    value(
        Field::Number(NumberField::Score),
        &[],
        "score:<0.5",
        "highest score of the prediction, 0 to 1 or in %",
    ),
    value(
        Field::Number(NumberField::Uncertainty),
        &[],
        "uncertainty:>=80%",
        "how uncertain the prediction is, 0 to 1 or in %",
    ),
    help(
        Subject::Is,
        &[],
        "is:unlabelled,disagreement",
        "state of the image, also doubtful (label likely wrong) and unlike (anything labelled)",
    ),
    help(Subject::Has, &[], "has:note", "whether there is a value for a field, or any metadata"),
    value(
        Field::Number(NumberField::VoltageKv),
        &["voltage"],
        "kv:5..10",
        "accelerating voltage in kV or V",
    ),
    value(
        Field::Number(NumberField::WorkingDistanceMm),
        &[],
        "wd:<=4.5",
        "working distance in mm or µm",
    ),
    value(
        Field::Number(NumberField::Magnification),
        &["magnification"],
        "mag:>50k",
        "magnification as the instrument states it",
    ),
    value(
        Field::Number(NumberField::PixelSizeNm),
        &["pixelsize", "nm"],
        "pixel:..2.5nm",
        "size of a pixel on the sample in nm, µm or pm",
    ),
    value(Field::Text(TextField::Detector), &[], "detector:*SE*", "detector"),
    value(Field::Text(TextField::Signal), &[], "signal:BSE", "signal that the detector recorded"),
    value(Field::Text(TextField::Vendor), &[], "vendor:unknown", "maker of the instrument"),
    value(Field::Text(TextField::Model), &["instrument"], "model:\"Sigma 300\"", "instrument"),
    value(
        Field::Text(TextField::User),
        &["operator"],
        "user:guest",
        "who was logged in at the microscope",
    ),
    value(Field::Text(TextField::Sample), &[], "sample:\"batch 12*\"", "name of the sample"),
    value(
        Field::Date(DateField::Taken),
        &["taken"],
        "date:2024-01..2024-06",
        "when the image was taken",
    ),
    help(Subject::Folder, &[], "folder:2024/wires", "folder in the library, with all below it"),
    value(Field::Text(TextField::Name), &[], "name:*overview*", "name of the file with its ending"),
    help(Subject::Near, &[], "near:2024/wires/a.tif", "near-duplicates of this file"),
    value(Field::Text(TextField::Note), &[], "note:*charging*", "note on the image"),
    value(Field::Text(TextField::By), &[], "by:guest", "who gave the label"),
    help(Subject::Source, &[], "source:accepted_prediction", "how the label came about"),
    value(
        Field::Date(DateField::Labelled),
        &[],
        "labelled:>=2024-03-05",
        "when the label was given",
    ),
];

/// All ways to write a term and to put terms together.
pub const FORMS: &[FormHelp] = &[
    form("nano", "a word that begins like this, in the file's name, the note or the metadata"),
    form("\"sample 12\"", "these words in a row, whole"),
    form("kv:5 nanowires", "both terms hold"),
    form("-nanowires", "the term does not hold"),
    form("NOT nanowires", "the same"),
    form("nanowires OR powder", "one of the terms holds"),
    form("kv:5,10", "one of the values holds"),
    form("detector:*lens*", "a value with anything in place of the *"),
    form("kv:unknown", "there is no value"),
    form("kv:<5", "a number below; also <=, > and >="),
    form("kv:5..10", "a number from one to the other, both included; also 5.. and ..10"),
    form("date:2024-03", "all of a month; also a year or a day"),
];

/// The field with this name or alias.
pub(super) fn field_named(name: &str) -> Option<&'static FieldHelp> {
    FIELDS.iter().find(|field| field.names().any(|known| known.eq_ignore_ascii_case(name)))
}

impl FieldHelp {
    /// The name and the aliases.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

type Aliases = &'static [&'static str];

const fn help(
    subject: Subject,
    aliases: Aliases,
    example: &'static str,
    meaning: &'static str,
) -> FieldHelp {
    FieldHelp { name: subject.name(), aliases, example, meaning, subject }
}

const fn value(
    field: Field,
    aliases: Aliases,
    example: &'static str,
    meaning: &'static str,
) -> FieldHelp {
    help(Subject::Value(field), aliases, example, meaning)
}

const fn form(example: &'static str, meaning: &'static str) -> FormHelp {
    FormHelp { example, meaning }
}

#[cfg(test)]
mod tests {
    use super::super::Query;
    use super::*;

    #[test]
    fn every_example_is_about_its_own_field_and_can_be_read() {
        for field in FIELDS {
            let query = Query::parse(field.example).unwrap_or_else(|error| panic!("{error}"));
            for condition in &query.terms()[0].any_of {
                assert_eq!(condition.subject(), Some(field.subject), "{}", field.example);
            }
        }
    }

    #[test]
    fn every_form_can_be_read() {
        for form in FORMS {
            assert!(Query::parse(form.example).is_ok(), "{}", form.example);
        }
    }

    #[test]
    fn names_and_aliases_belong_to_one_field_each() {
        let names: Vec<_> = FIELDS.iter().flat_map(FieldHelp::names).collect();
        for name in &names {
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn names_are_found_by_alias_and_in_any_case() {
        for (written, name) in [("VOLTAGE", "kv"), ("kV", "kv"), ("nm", "pixel"), ("taken", "date")]
        {
            assert_eq!(field_named(written).map(|field| field.name), Some(name));
        }
        assert!(field_named("volt").is_none());
    }
}
