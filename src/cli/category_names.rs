//! The categories that arguments name.

use anyhow::{bail, ensure};

use crate::catalog::Library;
use crate::query::Query;
use crate::taxonomy::{CategoryId, CategoryTree, names_like};

/// The category written `CATEGORY` or `CATEGORY/SUBCATEGORY`, also by a former or an imported name.
pub(super) fn find_category(tree: &CategoryTree, written: &str) -> anyhow::Result<CategoryId> {
    if let Some(id) = tree.find_written(written) {
        return Ok(id);
    }
    let known = tree.known_names().categories;
    let like = names_like(written, known.iter().map(String::as_str));
    match like.as_slice() {
        [] => bail!(
            "The library has no category {written:?} (`semblance categories list` lists them)"
        ),
        like => {
            bail!("The library has no category {written:?}. Did you mean {}?", like.join(" or "))
        }
    }
}

/// The same where something is to be changed: a name that the category has no more has to be
/// confirmed.
pub(super) fn find_to_change(
    tree: &CategoryTree,
    written: &str,
    is_confirmed: bool,
) -> anyhow::Result<CategoryId> {
    let id = find_category(tree, written)?;
    ensure!(
        is_confirmed || tree.is_written(id, written),
        "{written} means {now} by now: write {now:?}, or add --yes if that is what you mean",
        now = display(tree, id)
    );
    Ok(id)
}

/// What a category is called.
pub(super) fn display(tree: &CategoryTree, id: CategoryId) -> String {
    tree.name(id).map_or_else(String::new, |name| name.to_string())
}

/// Refuses a query that names categories which the library does not have.
pub(super) fn require_known(library: &Library, query: &Query) -> anyhow::Result<()> {
    let unknown = query.unknown_categories(&library.known_category_names()?);
    let words: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    ensure!(words.is_empty(), "{}", words.join(". "));
    Ok(())
}
