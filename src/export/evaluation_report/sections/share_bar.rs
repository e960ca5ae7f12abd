//! A share as a bar within a table's cell.

use super::super::html::Cell;
use super::super::text::{NONE, percent};
use crate::learning::Interval;

/// The share as a number and a bar, with a line from end to end of its interval.
pub(super) fn share_bar(share: Option<f64>, interval: Option<Interval>) -> Cell {
    let Some(share) = share else { return Cell::Html(NONE.to_owned()) };
    let reach = interval.map_or_else(String::new, |interval| {
        format!(
            "<path class=\"reach\" d=\"M{:.1} 7H{:.1}\" vector-effect=\"non-scaling-stroke\"/>",
            interval.low * 100.0,
            interval.high * 100.0
        )
    });
    Cell::Html(format!(
        "<span class=\"share\"><span class=\"value\">{}</span>\
         <svg viewBox=\"0 0 100 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"100\" height=\"14\"/>\
         <rect class=\"bar first\" width=\"{:.1}\" height=\"14\" fill-opacity=\".6\"/>{reach}</svg></span>",
        percent(share),
        share * 100.0
    ))
}
