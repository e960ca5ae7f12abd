//! Taking over networks that others made.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::counted::counted;
use crate::classifier::{
    BackboneCard, Head, ImportError, Model, ModelManifest, Network, NetworkFacts, TensorValues,
    TrainingRecord, read_labels,
};

/// What is said of a network: by `said`, and where that says nothing, by the card at `card`.
///
/// # Errors
/// Fails where the card cannot be read or makes no sense.
pub fn network_facts(said: NetworkFacts, card: Option<&Path>) -> Result<NetworkFacts, ImportError> {
    let Some(path) = card else { return Ok(said) };
    let json =
        fs::read(path).map_err(|source| ImportError::Read { path: path.to_owned(), source })?;
    let facts = NetworkFacts::from_json(&json)
        .map_err(|reason| ImportError::Card { path: path.to_owned(), reason })?;
    Ok(said.or(facts))
}

/// Makes the ONNX file `path` a backbone in the folder `out`, once it has run. Its name is the
/// folder's, where `facts` say none.
///
/// # Errors
/// Fails where the network cannot be used, or something has to be said of it first.
pub fn import_backbone(
    path: &Path,
    facts: NetworkFacts,
    out: &Path,
) -> Result<BackboneCard, ImportError> {
    let backbone = Network::read(path)?.into_backbone(named(facts, out))?;
    backbone.save(out)?;
    Ok(backbone.card().clone())
}

/// Makes the classifier in the ONNX file `path` a model in the folder `out`, once it has run. Its
/// name is the folder's, where `facts` say none; its categories are the lines of the file `labels`;
/// `values` says what its scores are, where that is known.
///
/// # Errors
/// As of [`import_backbone`]; also where there are not as many labels as scores.
pub fn import_classifier(
    path: &Path,
    labels: &Path,
    facts: NetworkFacts,
    values: Option<TensorValues>,
    out: &Path,
) -> Result<Model, ImportError> {
    let refused = |reason: String| ImportError::Labels { path: labels.to_owned(), reason };
    let list =
        fs::read(labels).map_err(|source| ImportError::Read { path: labels.to_owned(), source })?;
    let categories = read_labels(&list).map_err(refused)?;
    let backbone = Network::read(path)?.into_classifier(named(facts, out), values)?;
    let card = backbone.card();
    if categories.len() != card.feature_count {
        return Err(refused(format!(
            "it names {}, and the network gives {}; each score needs its line",
            counted(categories.len(), "category", "categories"),
            counted(card.feature_count, "score", "scores")
        )));
    }
    let file =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let manifest = ModelManifest {
        format: 0, // filled in by Model::new
        name: card.name.clone(),
        description: format!("A classifier imported from {file}."),
        feature_key: card.feature_key(),
        backbone: card.name.clone(),
        categories,
        category_uids: Vec::new(),
        temperature: 1.0,
        pixel_size_input: None,
        promises: Vec::new(),
        head_sha256: String::new(), // filled in by Model::new
        training: TrainingRecord {
            data: format!("Not known: imported from {file}, not trained here."),
            ..TrainingRecord::default()
        },
        created_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let model = Model::new(manifest, Head::identity(card.feature_count))?;
    backbone.save(out)?;
    model.save(out, &model_text(&model, card))?;
    Ok(model)
}

/// As a model that was trained: by its folder, unless it was given a name.
fn named(facts: NetworkFacts, out: &Path) -> NetworkFacts {
    let folder = out.file_name().map(|name| name.to_string_lossy().into_owned());
    NetworkFacts { name: facts.name.or(folder), ..facts }
}

/// `MODEL.md` of a classifier that was not trained here.
fn model_text(model: &Model, card: &BackboneCard) -> String {
    let manifest = model.manifest();
    let mut text = format!(
        "# {}\n\n{}\n\nImported by Semblance {} on {}. The network in this folder scores images by \
         itself; the head passes its scores on. How good it is was not measured here: \
         `semblance evaluate` does.\n\n| | |\n|---|---|\n",
        manifest.name, manifest.description, manifest.program_version, manifest.created_at
    );
    for (what, value) in [
        ("input", format!("{0} × {0} px", card.input_size_px)),
        ("tensor of the scores", card.features_tensor.clone()),
        ("SHA-256 of `backbone.onnx`", format!("`{}`", card.sha256)),
        ("licence", card.licence.clone()),
    ] {
        let _ = writeln!(text, "| {what} | {value} |"); // writing to a String cannot fail
    }
    text + "\n## Categories\n\n" + &manifest.categories.join(", ") + "\n"
}
