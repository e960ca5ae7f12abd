//! `semblance models`

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::{
    ImportBackboneArguments, ImportModelArguments, ListModelsArguments, ModelInfoArguments,
    ModelsAction, ModelsArguments,
};
use super::library::find_model_here;
use super::library_models::Listing;
use super::{Outcome, Output, library_models};
use crate::classifier::{
    BUILT_IN_BACKBONES, BUILT_IN_MODELS, Backbone, BackboneCard, DataBarRule, Model, ModelError,
    ModelManifest, ResizeRule,
};
use crate::ops::{counted, import_backbone, import_classifier, network_facts};

/// The files by which folders are known.
const MODEL_FILE: &str = "model.json";
const BACKBONE_FILE: &str = "backbone.json";

/// One line of `semblance models list --json`.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    /// What to give to `--model` or `--backbone`.
    name: String,
    is_built_in: bool,
    /// Whether it is the library's model, where one was looked at.
    is_in_use: bool,
    /// Of a model; of a backbone, none.
    categories: Option<usize>,
    /// Of a model; of a backbone, itself.
    backbone: Option<String>,
    description: Option<String>,
    error: Option<String>,
}

/// `semblance models info --json`, and what importing a model tells.
#[derive(Serialize)]
struct Info<'a> {
    sha256: &'a str,
    manifest: &'a ModelManifest,
    backbone: &'a BackboneCard,
}

pub(super) fn run(arguments: &ModelsArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.action {
        ModelsAction::List(arguments) => list(arguments, output),
        ModelsAction::Info(arguments) => info(arguments, output),
        ModelsAction::Compare(arguments) => library_models::compare(arguments, output),
        ModelsAction::Use(arguments) => library_models::take_into_use(arguments, output),
        ModelsAction::Remove(arguments) => library_models::remove(arguments, output),
        ModelsAction::Import(arguments) => import(arguments, output),
        ModelsAction::ImportBackbone(arguments) => backbone(arguments, output),
    }
}

fn list(arguments: &ListModelsArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let built_in_models = BUILT_IN_MODELS.map(|name| model_row(name, true));
    let built_in_backbones =
        BUILT_IN_BACKBONES.map(|name| backbone_row(name, true, Backbone::built_in_card(name)));
    let listing = Listing::of(arguments.library.as_deref())?;
    let own_models = listing.own.iter().map(|(name, folder)| {
        let row = model_row(&folder.display().to_string(), false);
        Row { name: name.clone(), ..row }
    });
    let mut rows: Vec<Row> = own_models.chain(built_in_models).chain(built_in_backbones).collect();
    for folder in &arguments.folders {
        let found = rows_of(folder);
        if found.is_empty() {
            output.message(&format!("There is no model here: {}", folder.display()));
        }
        rows.extend(found);
    }
    for row in &mut rows {
        row.is_in_use = row.kind == "model" && listing.in_use.as_ref() == Some(&row.name);
        if arguments.json {
            output.json(&row)?;
            continue;
        }
        let facts = match (&row.error, row.categories) {
            (Some(error), _) => format!("error: {error}"),
            (None, Some(categories)) => format!(
                "{}, on {}\t{}",
                counted(categories, "category", "categories"),
                row.backbone.as_deref().unwrap_or_default(),
                row.description.as_deref().unwrap_or_default()
            ),
            (None, None) => row.description.clone().unwrap_or_default(),
        };
        let in_use = if row.is_in_use { " (in use)" } else { "" };
        output.line(&format!("{}\t{}{in_use}\t{facts}", row.kind, row.name))?;
    }
    let failed = rows.iter().filter(|row| row.error.is_some()).count();
    Ok(Outcome::of(rows.len() - failed, failed))
}

/// The models and backbones in a folder, or in the folders within it.
fn rows_of(folder: &Path) -> Vec<Row> {
    if let Some(row) = row_of(folder) {
        return vec![row];
    }
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders.iter().filter_map(|folder| row_of(folder)).collect()
}

fn row_of(folder: &Path) -> Option<Row> {
    let name = folder.display().to_string();
    if folder.join(MODEL_FILE).is_file() {
        return Some(model_row(&name, false));
    }
    let is_backbone = folder.join(BACKBONE_FILE).is_file();
    is_backbone.then(|| backbone_row(&name, false, Backbone::card_in(folder)))
}

fn model_row(name: &str, is_built_in: bool) -> Row {
    let model = Model::find(name);
    let manifest = model.as_ref().ok().map(Model::manifest);
    Row {
        kind: "model",
        name: name.to_owned(),
        is_built_in,
        is_in_use: false,
        categories: manifest.map(|manifest| manifest.categories.len()),
        backbone: manifest.map(|manifest| manifest.backbone.clone()),
        description: manifest.map(|manifest| manifest.description.clone()),
        error: model.as_ref().err().map(ToString::to_string),
    }
}

fn backbone_row(name: &str, is_built_in: bool, card: Result<BackboneCard, ModelError>) -> Row {
    let known = card.as_ref().ok();
    Row {
        kind: "backbone",
        name: name.to_owned(),
        is_built_in,
        is_in_use: false,
        categories: None,
        backbone: known.map(|card| card.name.clone()),
        description: known.map(|card| {
            format!("{} features of {1} × {1} px", card.feature_count, card.input_size_px)
        }),
        error: card.as_ref().err().map(ToString::to_string),
    }
}

fn info(arguments: &ModelInfoArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let model = find_model_here(&arguments.model)?;
    tell(&model, arguments.json, output)?;
    Ok(Outcome::Fine)
}

fn import(arguments: &ImportModelArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let said = arguments.preparation.facts(arguments.output.as_deref());
    let facts = network_facts(said, arguments.preparation.card.as_deref())?;
    let (file, labels, out) = (&arguments.file, &arguments.labels, &arguments.out);
    import_classifier(file, labels, facts, arguments.output_is, out)?;
    // As it will be found from now on.
    tell(&Model::load(out)?, arguments.json, output)?;
    output.message(&format!("Imported: {}", out.display()));
    Ok(Outcome::Fine)
}

fn backbone(arguments: &ImportBackboneArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let said = arguments.preparation.facts(arguments.features_tensor.as_deref());
    let facts = network_facts(said, arguments.preparation.card.as_deref())?;
    let card = import_backbone(&arguments.file, facts, &arguments.out)?;
    if arguments.json {
        output.json(&card)?;
    } else {
        output.line(&describe_backbone(&card))?;
    }
    output.message(&format!("Imported: {}", arguments.out.display()));
    Ok(Outcome::Fine)
}

fn tell(model: &Model, json: bool, output: &mut Output) -> anyhow::Result<()> {
    let card = model.backbone_card()?;
    if json {
        let (sha256, manifest) = (model.sha256(), model.manifest());
        return output.json(&Info { sha256, manifest, backbone: &card });
    }
    let manifest = model.manifest();
    let measured = match &manifest.training.cross_validation {
        Some(measured) => format!(
            "{:.1} % right in {}-fold cross-validation, groups kept together",
            measured.accuracy * 100.0,
            measured.folds
        ),
        None => "not measured by cross-validation".to_owned(),
    };
    output.line(&format!(
        "{}\n{}\ncategories: {}\n{measured}\ndata: {}\nmade: {}, by version {}\n{}",
        manifest.name,
        manifest.description,
        manifest.categories.join(", "),
        manifest.training.data,
        manifest.created_at,
        manifest.program_version,
        describe_backbone(&card)
    ))?;
    Ok(())
}

fn describe_backbone(card: &BackboneCard) -> String {
    let square = match card.resize {
        ResizeRule::CenterCrop => format!("central {} of the shorter side", card.crop_share),
        ResizeRule::Squash => "whole picture, squashed".to_owned(),
    };
    let bar = match card.data_bar {
        DataBarRule::Masked => "masked",
        DataBarRule::Kept => "kept",
    };
    format!(
        "backbone: {}, {} features from the tensor {}\npicture: {square}, to {4} × {4} px, data bar \
         {bar}; (pixel − {5}) / {6}\nlicence: {3}",
        card.name,
        card.feature_count,
        card.features_tensor,
        card.licence,
        card.input_size_px,
        card.mean,
        card.std
    )
}
