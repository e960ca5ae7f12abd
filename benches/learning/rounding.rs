//! What the cache's 16-bit floats change.

use std::path::Path;

use semblance::cache::rounded_as_cached;
use semblance::classifier::{Backbone, Model, prepare};
use semblance::micrograph::{DEFAULT_LIMIT_BYTES, ReadOptions, SourceFile, read};
use semblance::ops::LabelledSet;

/// Scores every image of `set` by its features as they are and as they come out of the cache.
pub fn measure(set: &LabelledSet) {
    let model = Model::find("starter").unwrap();
    let backbone = model.backbone(2).unwrap();
    let (mut largest, mut flips, mut images) = (0.0_f32, 0, 0);
    for image in &set.images {
        let Some(scores) = scores(&image.file.path, &model, &backbone) else { continue };
        let [exact, rounded] = scores;
        images += 1;
        let apart = exact.iter().zip(&rounded).map(|(a, b)| (a - b).abs());
        largest = largest.max(apart.fold(0.0, f32::max));
        flips += usize::from(best(&exact) != best(&rounded));
    }
    println!(
        "\nFeatures kept as 16-bit floats: over {images} images the scores of the starter model \
         differ by at most {largest:.1e}, and {flips} images get another best category"
    );
}

fn scores(path: &Path, model: &Model, backbone: &Backbone) -> Option<[Vec<f32>; 2]> {
    let options = ReadOptions { limit_bytes: DEFAULT_LIMIT_BYTES, ..ReadOptions::default() };
    let micrograph = read(&SourceFile::open(path, DEFAULT_LIMIT_BYTES).ok()?, &options).ok()?;
    let features = backbone.features(&prepare(&micrograph, backbone.card()).ok()?).ok()?;
    Some(
        [features.clone(), rounded_as_cached(&features)].map(|it| model.scores(&it, None).unwrap()),
    )
}

fn best(scores: &[f32]) -> usize {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0)
}
