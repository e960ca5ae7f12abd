//! The parts of the report, one a file, each from the measures it shows.

mod annotation;
mod calibration;
mod categories;
mod category_pairs;
mod confusion;
mod correctness;
mod coverage;
mod facts;
mod history;
mod learning_curve;
mod merging;
mod method;
mod promises;
mod scores;
mod share_bar;
mod split;
mod subcategories;
mod summary;

pub(super) use summary::summary;

use super::html::Section;
use super::input::ReportInput;

/// All parts that have something to say, in reading order.
pub(super) fn in_order(report: &ReportInput) -> Vec<Section> {
    let measured = &report.evaluation;
    let parts = [
        Some(promises::promises(&measured.thresholds, report.held_out_share)),
        Some(scores::scores(&measured.score_histogram)),
        Some(correctness::correctness(measured)),
        Some(coverage::coverage(measured)),
        Some(confusion::confusion(measured)),
        Some(categories::categories(measured)),
        Some(subcategories::subcategories(&measured.per_subcategory)),
        report.merge_advice.as_ref().map(merging::merging),
        Some(category_pairs::category_pairs(&measured.category_pairs)),
        Some(annotation::annotation(&measured.annotation)),
        Some(learning_curve::learning_curve(report.learning_curve.as_ref())),
        history::history(&report.history),
        Some(calibration::calibration(measured)),
        Some(split::split(report)),
        Some(facts::facts(report)),
        Some(method::method()),
    ];
    parts.into_iter().flatten().collect()
}
