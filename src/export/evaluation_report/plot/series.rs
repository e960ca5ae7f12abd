//! What tells series apart: colour, and always something else too.

/// One of the things shown in a plot. Colours are in `style.css`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Series {
    /// Solid line, circles, plain fill.
    First,
    /// Long dashes, squares, hatched fill.
    Second,
    /// Dots, triangles, dotted fill.
    Third,
}

/// How a legend shows a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Swatch {
    Fill,
    Line,
    LineWithMarks,
    Marks,
    Band,
}

impl Series {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        }
    }

    /// A mark around a place.
    pub(super) fn mark(self, x: f64, y: f64) -> String {
        let class = self.class();
        match self {
            Self::First => {
                format!("<circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>")
            }
            Self::Second => format!(
                "<rect class=\"mark {class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"6.4\" height=\"6.4\"/>",
                x - 3.2,
                y - 3.2
            ),
            Self::Third => format!(
                "<path class=\"mark {class}\" d=\"M{:.1} {:.1}l4.2 7.2h-8.4z\"/>",
                x,
                y - 4.4
            ),
        }
    }
}

/// The fills that the bars of all plots refer to: once in a page.
pub(in super::super) const FILLS: &str = concat!(
    "<svg class=\"fills\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>",
    "<pattern id=\"fill-second\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" ",
    "patternTransform=\"rotate(45)\"><rect class=\"ground second\" width=\"6\" height=\"6\"/>",
    "<rect class=\"grain\" width=\"1.6\" height=\"6\"/></pattern>",
    "<pattern id=\"fill-third\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">",
    "<rect class=\"ground third\" width=\"5\" height=\"5\"/>",
    "<circle class=\"grain\" cx=\"2.5\" cy=\"2.5\" r=\"1.1\"/></pattern>",
    "</defs></svg>\n"
);

/// What the series of a plot are: HTML.
pub(in super::super) fn legend(entries: &[(Series, Swatch, &str)]) -> String {
    let entry = |(series, swatch, label): &(Series, Swatch, &str)| {
        let class = series.class();
        let line = format!("<path class=\"line {class}\" d=\"M1 7H29\"/>");
        let shape = match swatch {
            Swatch::Fill => {
                format!("<rect class=\"bar {class}\" x=\"4\" y=\"1\" width=\"22\" height=\"12\"/>")
            }
            Swatch::Line => line,
            Swatch::LineWithMarks => line + &series.mark(15.0, 7.0),
            Swatch::Marks => series.mark(15.0, 7.0),
            Swatch::Band => {
                format!("<rect class=\"band {class}\" x=\"2\" y=\"1\" width=\"26\" height=\"12\"/>")
            }
        };
        format!(
            "<li><svg viewBox=\"0 0 30 14\" width=\"30\" height=\"14\" aria-hidden=\"true\">{shape}</svg>{}</li>",
            super::super::text::escape(label)
        )
    };
    format!("<ul class=\"legend\">{}</ul>\n", entries.iter().map(entry).collect::<String>())
}
