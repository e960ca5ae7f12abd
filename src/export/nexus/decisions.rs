//! What a model said of the image, and what was decided.

use hdf5::Group;

use super::super::{Classification, GivenLabel};
use super::node::{
    Written, attribute, group, list, optional_text, scalar, text, text_attribute, texts,
    texts_attribute,
};
use crate::classifier::CategoryScore;

/// How many categories `top5` has.
const TOP: usize = 5;

/// A model's scores: the first five, and all of them, with what made them.
pub(super) fn write_classification(entry: &Group, classification: &Classification<'_>) -> Written {
    let process = group(entry, "classification", "NXprocess")?;
    text(&process, "program", "semblance")?;
    if let Some(version) = classification.program_version {
        text(&process, "version", version)?;
    }
    text(&process, "date", classification.at)?;
    scalar(&process, "sequence_index", 1_u32)?;

    let parameters = group(&process, "parameters", "NXparameters")?;
    text(&parameters, "model", classification.model_name)?;
    text(&parameters, "model_sha256", classification.model_sha256)?;
    texts(&parameters, "categories", classification.categories.iter().map(String::as_str))?;
    if let Some(temperature) = classification.temperature {
        scalar(&parameters, "temperature", temperature)?;
    }

    let scores = classification.scores;
    if scores.is_empty() {
        return Ok(());
    }
    text_attribute(&process, "default", "top5")?;
    write_scores(&process, "top5", &scores[..scores.len().min(TOP)])?;
    write_scores(&process, "all_scores", scores)
}

/// Scores over their rank, which is a number because h5web plots no others.
fn write_scores(process: &Group, name: &str, scores: &[CategoryScore]) -> Written {
    let data = group(process, name, "NXdata")?;
    text_attribute(&data, "signal", "score")?;
    texts_attribute(&data, "axes", &["rank"])?;
    attribute(&data, "rank_indices", 0_u32)?;
    let values: Vec<f32> = scores.iter().map(|item| item.score).collect();
    let ranks: Vec<i32> = (1..).take(scores.len()).collect();
    list(&data, "score", &values)?;
    list(&data, "rank", &ranks)?;
    texts(&data, "label", scores.iter().map(|item| item.category.as_str()))
}

/// What was decided: a label that no person looked at the image to give is no human one.
pub(super) fn write_label(entry: &Group, label: &GivenLabel<'_>) -> Written {
    let name = if label.is_automatic { "automatic_label" } else { "human_label" };
    let process = group(entry, name, "NXprocess")?;
    scalar(&process, "sequence_index", 2_u32)?;
    text(&process, "source", label.source)?;
    text(&process, "answer", label.answer)?;
    optional_text(&process, "label", label.category)?;
    optional_text(&process, "second_label", label.second_category)?;
    optional_text(&process, "subcategory", label.subcategory)?;
    optional_text(&process, "note", label.note)?;
    text(&process, "user", label.user)?;
    text(&process, "date", label.at).map(drop)
}
