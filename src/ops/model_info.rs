//! How a model is known to a library.

use crate::catalog::{CatalogError, Library, ModelInfo};
use crate::classifier::Model;
use crate::taxonomy::CurrentCategories;

/// What a library keeps of a model beside its predictions.
pub(super) fn model_info(model: &Model) -> ModelInfo {
    ModelInfo {
        name: model.name().to_owned(),
        sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
        category_uids: model.manifest().category_uids.clone(),
    }
}

/// What the model's categories mean in the library now; without one, what the model calls them.
pub(super) fn current_categories(
    model: &Model,
    library: Option<&Library>,
) -> Result<CurrentCategories, CatalogError> {
    match library {
        Some(library) => library.current_categories(&model_info(model)),
        None => Ok(CurrentCategories::named(model.categories().to_vec())),
    }
}
