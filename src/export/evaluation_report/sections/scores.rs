//! The scores of right and wrong images.

use super::super::html::{Section, Table, figure, figures, number, numbers, paragraph, text};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{count, images, percent};
use crate::learning::{GroupHistogram, ScoreHistogram};

const NAMES: [&str; 3] = ["best category is right", "second is right", "both are wrong"];
const SERIES: [Series; 3] = [Series::First, Series::Second, Series::Third];

pub(super) fn scores(histogram: &ScoreHistogram) -> Section {
    let groups = [&histogram.right, &histogram.second_right, &histogram.both_wrong];
    let legend_of = |swatch| {
        let entries: Vec<_> =
            SERIES.into_iter().zip(NAMES).map(|(series, name)| (series, swatch, name)).collect();
        legend(&entries)
    };
    let described: Vec<String> = groups
        .iter()
        .zip(NAMES)
        .map(|(group, name)| format!("{name}: {}", images(group.images)))
        .collect();
    let counts = figure(
        "Images by score of the best category",
        &counts_plot(histogram, groups).svg(
            "score-counts",
            "Histogram of the highest scores in three groups",
            &described.join("; "),
        ),
        &legend_of(Swatch::Fill),
        &numbers(&table(histogram, groups)),
    );
    let shares = figure(
        "The same, each group by itself",
        &shares_plot(histogram, groups).svg(
            "score-shares",
            "Distribution of the highest scores within each group",
            &peaks(histogram, groups),
        ),
        &legend_of(Swatch::LineWithMarks),
        "",
    );
    let meaning = "Where right images score high and wrong ones low, the score tells which to look \
                   at. The second figure shows each group as if it had as many images as the \
                   others.";
    Section {
        id: "scores",
        heading: "Scores of right and wrong images",
        body: paragraph(meaning) + &figures(&[counts, shares]),
    }
}

fn counts_plot(histogram: &ScoreHistogram, groups: [&GroupHistogram; 3]) -> Plot {
    let bins = histogram.right.counts.len();
    let stacked = |bin: usize| groups.iter().map(|group| group.counts[bin]).sum::<usize>();
    let highest = (0..bins).map(stacked).max().unwrap_or(0);
    let mut plot =
        Plot::new(Axis::score("Score of the best category"), Axis::count("Images", highest));
    for bin in 0..bins {
        let mut low = 0;
        for (group, series) in groups.iter().zip(SERIES) {
            let high = low + group.counts[bin];
            plot.bar(edges(histogram, bin), (low as f64, high as f64), series);
            low = high;
        }
    }
    plot
}

fn shares_plot(histogram: &ScoreHistogram, groups: [&GroupHistogram; 3]) -> Plot {
    let highest = groups.iter().flat_map(|group| &group.shares).copied().fold(0.05, f64::max);
    let mut plot = Plot::new(
        Axis::score("Score of the best category"),
        Axis::percent("Share of the group's images", 0.0, highest),
    );
    for (group, series) in groups.iter().zip(SERIES).filter(|(group, _)| group.images > 0) {
        let centre = |bin| f64::midpoint(edges(histogram, bin).0, edges(histogram, bin).1);
        let points: Vec<(f64, f64)> =
            group.shares.iter().enumerate().map(|(bin, share)| (centre(bin), *share)).collect();
        plot.line(&points, series);
        let seen: Vec<(f64, f64)> = points.into_iter().filter(|(_, share)| *share > 0.0).collect();
        plot.points(&seen, series);
    }
    plot
}

fn edges(histogram: &ScoreHistogram, bin: usize) -> (f64, f64) {
    (bin as f64 * histogram.bin_width, (bin + 1) as f64 * histogram.bin_width)
}

fn peaks(histogram: &ScoreHistogram, groups: [&GroupHistogram; 3]) -> String {
    let peak = |(group, name): (&&GroupHistogram, &str)| {
        let highest = group.shares.iter().copied().fold(0.0, f64::max);
        let bin = group.shares.iter().position(|share| *share >= highest).unwrap_or(0);
        let (low, high) = edges(histogram, bin);
        (group.images > 0)
            .then(|| format!("{name}: {} of them at {low:.2} to {high:.2}", percent(highest)))
    };
    groups.iter().zip(NAMES).filter_map(peak).collect::<Vec<_>>().join("; ")
}

fn table(histogram: &ScoreHistogram, groups: [&GroupHistogram; 3]) -> Table {
    let heads = std::iter::once(text("Score")).chain(NAMES.map(number)).collect();
    let mut table = Table::new("Images, and share of the group, by score", heads);
    for bin in 0..histogram.right.counts.len() {
        if groups.iter().all(|group| group.counts[bin] == 0) {
            continue;
        }
        let (low, high) = edges(histogram, bin);
        let cells = groups.iter().map(|group| {
            number(format!("{} ({})", count(group.counts[bin]), percent(group.shares[bin])))
        });
        table.row(std::iter::once(text(format!("{low:.2}–{high:.2}"))).chain(cells).collect());
    }
    table
}
