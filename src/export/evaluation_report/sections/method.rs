//! By which methods the figures were made.

use super::super::html::Section;

/// What is done, and where it is from.
const METHODS: [(&str, &str); 7] = [
    (
        "Intervals of shares",
        "Wilson's score interval (1927); of differences, Newcombe's method 10 (1998). They take \
         images as independent: many images of one sample make the truth less sure than they say.",
    ),
    (
        "Promises",
        "Fixed-sequence testing from the highest scores down with exact binomial tests (Clopper & \
         Pearson, 1934), as in Learn then Test (Angelopoulos et al., 2021). The first test takes the \
         best-scored fifth of the images, or as many as could pass. Each promise holds by itself.",
    ),
    (
        "Probability by score",
        "Isotonic regression by pooling adjacent violators (Ayer et al., 1955).",
    ),
    ("Accuracy by coverage", "Percentiles of a bootstrap over images, at least Wilson's interval."),
    (
        "Calibration",
        "Temperature scaling and expected calibration error over 15 bins of equal width (Guo et al., \
         2017); beside chance by simulation of scores that are right as often as they say.",
    ),
    (
        "Recall, precision, F1",
        "Absent where nothing can be counted. A category that has images but was never called counts \
         as an F1 of 0.",
    ),
    (
        "Repeatable",
        "All random draws come from a fixed seed: the same images give the same report.",
    ),
];

pub(super) fn method() -> Section {
    let items: String = METHODS
        .iter()
        .map(|(name, method)| format!("<dt>{name}</dt><dd>{}</dd>\n", method.replace('&', "&amp;")))
        .collect();
    Section {
        id: "method",
        heading: "How this was measured",
        body: format!("<dl class=\"note\">\n{items}</dl>\n"),
    }
}
