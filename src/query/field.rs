//! What a term can ask for by name.

/// A field that holds a category or a division of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CategoryField {
    /// The label's first category.
    First,
    /// The label's second category.
    Second,
    /// The finer division of the first category.
    Subcategory,
    /// The category with the highest score.
    Prediction,
}

/// A field that holds text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// The detector, such as `InLens`.
    Detector,
    /// The signal, such as `SE`.
    Signal,
    /// The instrument's maker.
    Vendor,
    /// The instrument.
    Model,
    /// Who was logged in at the microscope.
    User,
    /// The sample's name.
    Sample,
    /// The file's name with its ending, without folders.
    Name,
    /// The note on the image.
    Note,
    /// Who gave the label.
    By,
}

/// A field that holds a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// The prediction's score, 0 to 1.
    Score,
    /// How uncertain the prediction is, 0 to 1.
    Uncertainty,
    /// Accelerating voltage in kV.
    VoltageKv,
    /// Working distance in mm.
    WorkingDistanceMm,
    /// Magnification as the instrument states it.
    Magnification,
    /// Size of a pixel on the sample, in nm.
    PixelSizeNm,
}

/// A field that holds a date, as ISO 8601 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateField {
    /// When the image was taken.
    Taken,
    /// When the label was given.
    Labelled,
}

/// A field with a value that an image may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// It holds text.
    Text(TextField),
    /// It holds a number.
    Number(NumberField),
    /// It holds a date.
    Date(DateField),
}

impl CategoryField {
    /// The name before the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "category",
            Self::Second => "second",
            Self::Subcategory => "subcategory",
            Self::Prediction => "prediction",
        }
    }
}

impl Field {
    /// The name before the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text(TextField::Detector) => "detector",
            Self::Text(TextField::Signal) => "signal",
            Self::Text(TextField::Vendor) => "vendor",
            Self::Text(TextField::Model) => "model",
            Self::Text(TextField::User) => "user",
            Self::Text(TextField::Sample) => "sample",
            Self::Text(TextField::Name) => "name",
            Self::Text(TextField::Note) => "note",
            Self::Text(TextField::By) => "by",
            Self::Number(NumberField::Score) => "score",
            Self::Number(NumberField::Uncertainty) => "uncertainty",
            Self::Number(NumberField::VoltageKv) => "kv",
            Self::Number(NumberField::WorkingDistanceMm) => "wd",
            Self::Number(NumberField::Magnification) => "mag",
            Self::Number(NumberField::PixelSizeNm) => "pixel",
            Self::Date(DateField::Taken) => "date",
            Self::Date(DateField::Labelled) => "labelled",
        }
    }
}
