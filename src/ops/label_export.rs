//! A library's labels as records for files, and how far they agree with somebody else's.

use crate::catalog::{Answer, CatalogError, Label, Library, NamedLabel};
use crate::label_exchange::{CategoryChoice, Decision, LabelRecord};
use crate::learning::{Agreement, DoubleLabel, compare};

use super::ImportPlan;

/// These labels with what their categories are called now; then the notes and flags of images without
/// a label.
///
/// # Errors
/// When the library cannot be read.
pub fn label_records(
    library: &Library,
    labels: Vec<NamedLabel>,
) -> Result<Vec<LabelRecord>, CatalogError> {
    let records = labels.into_iter().map(|named| LabelRecord {
        decision: Some(match (named.label.value.answer, named.name) {
            (Answer::Unusable, _) => Decision::Unusable,
            (Answer::Category(_), Some(name)) => Decision::Category(CategoryChoice {
                category: name.category,
                second: named.second_category,
                subcategory: name.subcategory,
            }),
            (Answer::NoneOfThese | Answer::Category(_), _) => Decision::NoneOfThese,
        }),
        path: named.relative_path,
        note: named.mark.note,
        annotated: named.mark.is_annotated.then_some(true),
        excluded: named.mark.is_excluded.then_some(true),
        by: Some(named.label.by),
        at: Some(named.label.at),
        source: Some(named.label.source.as_str().to_owned()),
        sha256: named.content_sha256,
    });
    let marks =
        library.marks_without_label()?.into_iter().map(|(path, sha256, mark)| LabelRecord {
            decision: None,
            path,
            note: mark.note,
            annotated: mark.is_annotated.then_some(true),
            excluded: mark.is_excluded.then_some(true),
            by: None,
            at: None,
            source: None,
            sha256,
        });
    Ok(records.chain(marks).collect())
}

/// How far our labels agree with those of a file, on the images that both have labelled: by the
/// first category; `None` where there is no such image.
pub fn agreement_with(plan: &ImportPlan) -> Option<Agreement> {
    let tree = &plan.tree;
    let said = |label: &Label| match label.value.answer {
        Answer::Category(id) => tree.name(id).map_or_else(String::new, |name| name.category),
        other => other.as_str().to_owned(),
    };
    let pairs: Vec<(String, String)> = plan
        .same
        .iter()
        .chain(&plan.conflicts)
        .map(|pair| (said(&pair.ours), said(&pair.theirs)))
        .collect();
    let labels: Vec<DoubleLabel<'_>> =
        pairs.iter().map(|(first, second)| DoubleLabel { first, second }).collect();
    compare(&labels)
}
