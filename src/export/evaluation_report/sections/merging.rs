//! Would fewer categories do better?

use super::super::html::{Section, Table, number, paragraph, text};
use super::super::text::{count, percent, points};
use crate::learning::{MergeAdvice, MergedPair, UnlikePairs};

/// Pairs that are shown: the rest bring less.
const MOST_PAIRS: usize = 30;

pub(super) fn merging(advice: &MergeAdvice) -> Section {
    let heads = vec![
        text("Merged"),
        number("Change in points"),
        number("95 % interval"),
        number("Taken for one another"),
        number("Guessing gains"),
        text("Beside chance"),
    ];
    let mut table = Table::new("Change of accuracy when two categories become one", heads);
    for pair in advice.pairs.iter().take(MOST_PAIRS) {
        table.row(vec![
            text(format!("{} + {}", pair.a, pair.b)),
            number(points(pair.change)),
            number(format!("{} to {}", points(pair.interval.low), points(pair.interval.high))),
            number(percent(pair.confused)),
            number(points(pair.guessing_gain)),
            text(beside_chance(pair, advice.unlike.as_ref())),
        ]);
    }
    let unlike = advice.unlike.map_or_else(
        || "There are too few unlike categories to compare with.".to_owned(),
        |unlike| {
            format!(
                "Merging categories that are seldom taken for one another ({} pairs) changed the \
                 accuracy by {} points on average, nine of ten by {} to {}.",
                unlike.pairs,
                points(unlike.mean),
                points(unlike.range.low),
                points(unlike.range.high)
            )
        },
    );
    let meaning = format!(
        "Measured on {} images, {} of them right without a merge. Fewer categories are easier to \
         tell apart, whichever they are: a merge is worth it where it gains clearly more than \
         merging unlike ones. ",
        count(advice.images),
        percent(advice.accuracy)
    );
    Section {
        id: "merging",
        heading: "Would merging categories help?",
        body: paragraph(&format!("{meaning}{unlike}")) + &table.html(),
    }
}

fn beside_chance(pair: &MergedPair, unlike: Option<&UnlikePairs>) -> &'static str {
    match unlike {
        None => "not compared",
        Some(_) if pair.stands_out => "clearly more than unlike pairs",
        Some(unlike) if pair.change > unlike.range.high => {
            "more than unlike pairs, but within its interval"
        }
        Some(_) => "no more than unlike pairs",
    }
}
