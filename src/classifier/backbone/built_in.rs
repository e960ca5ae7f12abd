//! The backbones inside the program.

use super::BackboneCard;
use crate::classifier::ModelError;
use crate::micrograph::content_sha256;

/// Backbones inside the program, by name; the first is the one used where nothing else is said, the
/// second slower and somewhat better.
pub const BUILT_IN_BACKBONES: [&str; 2] = [DEFAULT_BACKBONE, "efficientnet-lite2"];

/// The backbone used where nothing else is said.
pub const DEFAULT_BACKBONE: &str = "efficientnet-lite0";

/// The card and the ONNX file of the built-in backbone of this name, its checksum verified; `None`
/// where none has it.
pub(super) fn built_in(name: &str) -> Option<Result<(BackboneCard, &'static [u8]), ModelError>> {
    let (card, onnx): (&str, &[u8]) = match name {
        "efficientnet-lite0" => (
            include_str!("../../../models/efficientnet-lite0/backbone.json"),
            include_bytes!("../../../models/efficientnet-lite0/backbone.onnx"),
        ),
        "efficientnet-lite2" => (
            include_str!("../../../models/efficientnet-lite2/backbone.json"),
            include_bytes!("../../../models/efficientnet-lite2/backbone.onnx"),
        ),
        _ => return None,
    };
    Some(verified(name, card, onnx))
}

fn verified(
    name: &str,
    card: &str,
    onnx: &'static [u8],
) -> Result<(BackboneCard, &'static [u8]), ModelError> {
    let card: BackboneCard = serde_json::from_str(card).map_err(|error| ModelError::Invalid {
        model: name.to_owned(),
        reason: error.to_string(),
    })?;
    let actual = content_sha256(onnx);
    if actual != card.sha256 {
        return Err(ModelError::WrongChecksum {
            model: card.name,
            file: card.file,
            expected: card.sha256,
            actual,
        });
    }
    Ok((card, onnx))
}
