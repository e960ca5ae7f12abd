//! `semblance duplicates`, `similar` and `groups`

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::arguments::{DuplicatesArguments, GroupsArguments, SimilarArguments};
use super::category_names::require_known;
use super::library::{find_library, library_backbone, open_existing};
use super::search::parse;
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::catalog::{Answer, Filter, ImageId, ImageRow, Library, View};
use crate::ops::{
    PipelineOptions, find_in_library, find_near_duplicates, group_by_likeness, more_like,
    read_for_comparing,
};
use crate::taxonomy::CategoryTree;

/// Images that show nearly the same.
#[derive(Serialize)]
struct Cluster {
    /// Whether not all labels are the same.
    conflicting: bool,
    images: Vec<Described>,
}

/// An image that is like another.
#[derive(Serialize)]
struct Similar {
    /// The cosine between features.
    likeness: f32,
    #[serde(flatten)]
    image: Described,
}

/// An image in a group.
#[derive(Serialize)]
struct Grouped {
    /// Counted from 1.
    group: usize,
    #[serde(flatten)]
    similar: Similar,
}

#[derive(Clone, Serialize)]
struct Described {
    path: String,
    /// The label's category, or `none_of_these`, or `unusable`.
    label: Option<String>,
}

pub(super) fn duplicates(
    arguments: &DuplicatesArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = find_library(arguments.library.as_deref(), &[])?
        .context("Say which images are meant: --library LIB (this folder has no library)")?;
    if let Some(reason) = library.read_only_reason() {
        bail!("{reason}");
    }
    let cache = Cache::of_library(&library);
    let cancel = AtomicBool::new(false);
    let workers = arguments.workers.unwrap_or(PipelineOptions::default().workers);
    let images = library.image_ids(&View::default())?;
    let problems =
        read_for_comparing(&library, &cache, images, workers, &cancel, &mut |done, total| {
            output.progress("Read", done, total);
        })?;
    problems.iter().for_each(|problem| output.message(problem));
    let backbone = library_backbone(&library)?;
    let found = find_near_duplicates(&library, &cache, &backbone, &cancel)?.unwrap_or_default();
    let clusters = library.near_duplicates()?;
    let described = describe(&library, clusters.iter().flatten().copied())?;
    let mut conflicts = 0;
    for (number, cluster) in clusters.iter().enumerate() {
        let mut images: Vec<Described> =
            cluster.iter().filter_map(|image| described.get(image).cloned()).collect();
        images.sort_by(|one, two| one.path.cmp(&two.path));
        let mut labels = images.iter().filter_map(|image| image.label.as_ref());
        let first = labels.next();
        let conflicting = labels.any(|label| Some(label) != first);
        conflicts += usize::from(conflicting);
        if arguments.json {
            output.json(&Cluster { conflicting, images })?;
            continue;
        }
        if number > 0 {
            output.line("")?;
        }
        for image in images {
            output.line(&image.line())?;
        }
    }
    let images: usize = clusters.iter().map(Vec::len).sum();
    let mut text = format!(
        "Compared: {}; clusters of near-duplicates: {}, images in them: {images}",
        found.compared,
        clusters.len()
    );
    if conflicts > 0 {
        text += &format!("; clusters with different labels: {conflicts} (is:conflicting)");
    }
    output.message(&text);
    Ok(Outcome::of(found.compared, problems.len()))
}

pub(super) fn similar(
    arguments: &SimilarArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let beside = arguments.image.parent().filter(|folder| !folder.as_os_str().is_empty());
    let library = open_existing(arguments.library.as_deref().or(beside))?;
    let image = match find_in_library(&library, &arguments.image)? {
        Some(image) => Some(image),
        None => library.find_image(&arguments.image)?,
    };
    let image = image
        .with_context(|| format!("The library has no such image: {}", arguments.image.display()))?;
    let cache = Cache::of_library(&library);
    let backbone = library_backbone(&library)?;
    let cancel = AtomicBool::new(false);
    let found = more_like(&library, &cache, &backbone, image, arguments.count, &cancel)?;
    let described = describe(&library, found.iter().map(|like| like.image))?;
    for like in &found {
        let Some(image) = described.get(&like.image).cloned() else { continue };
        if arguments.json {
            output.json(&Similar { likeness: like.cosine, image })?;
        } else {
            output.line(&format!("{:.3}  {}", like.cosine, image.line()))?;
        }
    }
    Ok(Outcome::of(found.len(), 0))
}

pub(super) fn groups(arguments: &GroupsArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_existing(arguments.library.as_deref())?;
    let query = parse(&arguments.query.join(" "))?;
    require_known(&library, &query)?;
    let filter = if arguments.query.is_empty() { Filter::Unlabelled } else { Filter::All };
    let view = View { filter, query, ..View::default() };
    if library.image_ids(&view)?.is_empty() {
        bail!("There are no such images");
    }
    let cache = Cache::of_library(&library);
    let backbone = library_backbone(&library)?;
    let cancel = AtomicBool::new(false);
    let groups = group_by_likeness(&library, &cache, &backbone, &view, arguments.groups, &cancel)?;
    let described = describe(&library, groups.iter().flatten().map(|like| like.image))?;
    for (number, group) in groups.iter().enumerate() {
        if !arguments.json {
            output.line(&format!("Group {}, {} in all", number + 1, group.len()))?;
        }
        for like in group {
            let Some(image) = described.get(&like.image).cloned() else { continue };
            if arguments.json {
                let similar = Similar { likeness: like.cosine, image };
                output.json(&Grouped { group: number + 1, similar })?;
            } else {
                output.line(&format!("{:.3}  {}", like.cosine, image.line()))?;
            }
        }
    }
    Ok(Outcome::Fine)
}

impl Described {
    fn line(&self) -> String {
        match &self.label {
            Some(label) => format!("{}  ({label})", self.path),
            None => self.path.clone(),
        }
    }
}

fn describe(
    library: &Library,
    images: impl Iterator<Item = ImageId>,
) -> anyhow::Result<HashMap<ImageId, Described>> {
    let tree = library.category_tree()?;
    let rows = library.rows(&images.collect::<Vec<_>>())?;
    Ok(rows.into_iter().map(|row| (row.id, described(&tree, &row))).collect())
}

fn described(tree: &CategoryTree, row: &ImageRow) -> Described {
    let label = row.label.as_ref().map(|label| match label.value.answer {
        Answer::Category(id) => tree.name(id).map_or_else(String::new, |name| name.category),
        other => other.as_str().to_owned(),
    });
    Described { path: row.relative_path.display().to_string(), label }
}
