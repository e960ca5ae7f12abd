//! Plots as inline SVG.
//!
//! Knows axes, lines and bars; knows nothing of what they mean. Colours come from `style.css`, by
//! class, so that a plot follows the page into the dark and onto paper.

mod axis;
mod series;

use std::fmt::Write as _;

pub(super) use axis::Axis;
pub(super) use series::{FILLS, Series, Swatch, legend};

use super::text::escape;

/// Size in SVG units; a unit is a CSS pixel where the page is wide.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 290.0;
/// Edges of the area between the axes.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 436.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 244.0;
/// What a short label takes.
const LABEL_ROOM: f64 = 44.0;

/// A plot in the making. What is drawn later lies above.
pub(super) struct Plot {
    x: Axis,
    y: Axis,
    marks: String,
}

// Writing to a String cannot fail, so the results of `write!` are let go.
impl Plot {
    pub(super) fn new(x: Axis, y: Axis) -> Self {
        Self { x, y, marks: String::new() }
    }

    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let across = LEFT + self.x.place(x) * (RIGHT - LEFT);
        (across, BOTTOM - self.y.place(y) * (BOTTOM - TOP))
    }

    fn path(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let mut path = String::new();
        for (place, point) in points.into_iter().enumerate() {
            let (x, y) = self.at(point);
            let _ = write!(path, "{}{x:.1} {y:.1}", if place == 0 { 'M' } else { 'L' });
        }
        path
    }

    /// A line through `points`.
    pub(super) fn line(&mut self, points: &[(f64, f64)], series: Series) {
        let path = self.path(points.iter().copied());
        let _ = writeln!(self.marks, "<path class=\"line {}\" d=\"{path}\"/>", series.class());
    }

    /// A mark at each of `points`.
    pub(super) fn points(&mut self, points: &[(f64, f64)], series: Series) {
        for point in points {
            let (x, y) = self.at(*point);
            let _ = writeln!(self.marks, "{}", series.mark(x, y));
        }
    }

    /// The area between a low and a high value: `(x, low, high)`.
    pub(super) fn band(&mut self, points: &[(f64, f64, f64)], series: Series) {
        let upper = points.iter().map(|(x, _, high)| (*x, *high));
        let lower = points.iter().rev().map(|(x, low, _)| (*x, *low));
        let path = self.path(upper.chain(lower));
        let _ = writeln!(self.marks, "<path class=\"band {}\" d=\"{path}Z\"/>", series.class());
    }

    /// A range of values at one place.
    pub(super) fn whisker(&mut self, x: f64, low: f64, high: f64, series: Series) {
        let (across, bottom) = self.at((x, low));
        let (_, top) = self.at((x, high));
        let _ = writeln!(
            self.marks,
            "<path class=\"whisker {}\" d=\"M{across:.1} {bottom:.1}V{top:.1}\"/>",
            series.class()
        );
    }

    /// A bar over `left` to `right`, from the value `low` up to `high`.
    pub(super) fn bar(
        &mut self,
        (left, right): (f64, f64),
        (low, high): (f64, f64),
        series: Series,
    ) {
        let (x, top) = self.at((left, high));
        let (end, bottom) = self.at((right, low));
        if bottom - top < 0.05 {
            return;
        }
        let _ = writeln!(
            self.marks,
            "<rect class=\"bar {}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            series.class(),
            x + 0.5,
            (end - x - 1.0).max(0.5),
            bottom - top
        );
    }

    /// A thin line of reference between two points.
    pub(super) fn reference(&mut self, from: (f64, f64), to: (f64, f64)) {
        let path = self.path([from, to]);
        let _ = writeln!(self.marks, "<path class=\"reference\" d=\"{path}\"/>");
    }

    /// Text to the upper right of a point.
    pub(super) fn label_above(&mut self, point: (f64, f64), text: &str) {
        let (x, y) = self.at(point);
        let (x, anchor) =
            if x > RIGHT - LABEL_ROOM { (x - 7.0, "end") } else { (x + 7.0, "start") };
        self.text(x, y - 6.0, anchor, text);
    }

    /// Text to the lower left of a point.
    pub(super) fn label_below(&mut self, point: (f64, f64), text: &str) {
        let (x, y) = self.at(point);
        let (x, anchor) = if x < LEFT + LABEL_ROOM { (x + 5.0, "start") } else { (x - 5.0, "end") };
        self.text(x, y + 17.0, anchor, text);
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let _ = writeln!(
            self.marks,
            "<text class=\"label\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(text)
        );
    }

    /// The plot. `id` is unique in the page; `title` names it and `description` says what is to be
    /// seen, for those who cannot see it.
    pub(super) fn svg(&self, id: &str, title: &str, description: &str) -> String {
        let mut svg = format!(
            "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>\n",
            escape(title),
            escape(description)
        );
        for (value, text) in &self.y.ticks {
            let y = BOTTOM - self.y.place(*value) * (BOTTOM - TOP);
            let _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>\
                 <text class=\"tick\" text-anchor=\"end\" x=\"{}\" y=\"{:.1}\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                escape(text)
            );
        }
        for (value, text) in &self.x.ticks {
            let x = LEFT + self.x.place(*value) * (RIGHT - LEFT);
            let _ = writeln!(
                svg,
                "<path class=\"axis\" d=\"M{x:.1} {BOTTOM}v4\"/>\
                 <text class=\"tick\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{}\">{}</text>",
                BOTTOM + 17.0,
                escape(text)
            );
        }
        svg.push_str(&self.marks);
        let _ = writeln!(
            svg,
            "<path class=\"axis\" d=\"M{LEFT} {BOTTOM}H{RIGHT}\"/>\
             <text class=\"axis-label\" x=\"4\" y=\"16\">{}</text>\
             <text class=\"axis-label\" text-anchor=\"end\" x=\"{RIGHT}\" y=\"{}\">{}</text>\n</svg>",
            escape(self.y.label),
            HEIGHT - 8.0,
            escape(self.x.label)
        );
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        Plot::new(Axis::score("Score"), Axis::count("Images", 10))
    }

    #[test]
    fn values_run_right_and_up() {
        let mut plot = plot();
        plot.line(&[(0.0, 0.0), (1.0, 10.0)], Series::First);
        assert!(plot.marks.contains("d=\"M52.0 244.0L436.0 34.0\""), "{}", plot.marks);
    }

    #[test]
    fn bars_stand_on_their_low_end_and_empty_ones_are_left_out() {
        let mut plot = plot();
        plot.bar((0.0, 0.5), (0.0, 0.0), Series::First);
        assert!(plot.marks.is_empty());
        plot.bar((0.0, 0.5), (5.0, 10.0), Series::Second);
        assert!(
            plot.marks.contains("y=\"34.0\" width=\"191.0\" height=\"105.0\""),
            "{}",
            plot.marks
        );
    }

    #[test]
    fn every_plot_has_a_title_and_a_description() {
        let svg = plot().svg("p", "a < b", "rises");
        assert!(svg.contains("aria-labelledby=\"p-title p-desc\""));
        assert!(svg.contains("<title id=\"p-title\">a &lt; b</title>"));
        assert!(svg.contains("<desc id=\"p-desc\">rises</desc>"));
    }

    #[test]
    fn series_differ_by_more_than_colour() {
        let all = [Series::First, Series::Second, Series::Third];
        let shapes: std::collections::BTreeSet<String> =
            all.iter().map(|series| series.mark(0.0, 0.0)[1..5].to_owned()).collect();
        assert_eq!(shapes.len(), 3);
    }
}
