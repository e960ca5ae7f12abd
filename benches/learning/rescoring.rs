//! How long it takes to score a library anew after a retraining.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use semblance::cache::{Cache, CachedFeatures};
use semblance::catalog::{Library, LibraryPlace, View};
use semblance::classifier::{Backbone, Model};
use semblance::ops::{LibraryWork, PipelineOptions, fill_library, rescore_library};

use super::speed::{ROUNDS, load, median};

const LIBRARY_IMAGES: usize = 100_000;

/// A library whose features are all in the cache, as after a retraining.
pub fn measure() {
    let folder = tempfile::tempdir().unwrap();
    fill_library(folder.path(), LIBRARY_IMAGES, &mut |_| ()).unwrap();
    let library = Library::open(&LibraryPlace::for_folder(folder.path()).unwrap()).unwrap();
    let cache = Cache::open(library.directory());
    let model = Model::find("starter").unwrap();
    let backbone = model.backbone(1).unwrap();
    keep_features(&library, &cache, &backbone);
    let work = LibraryWork {
        library: &library,
        cache: &cache,
        backbone: &backbone,
        model: &model,
        options: PipelineOptions::default(),
    };
    let images = library.image_ids(&View::default()).unwrap();
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let mut scored = 0;
        let never = AtomicBool::new(false);
        let left = rescore_library(images.clone(), &work, &never, &mut |_, _| scored += 1).unwrap();
        seconds.push(started.elapsed().as_secs_f64());
        assert_eq!((scored, left.len()), (images.len(), 0));
    }
    println!(
        "\nScoring a library of {} images anew, features out of the cache, predictions saved: {:.2} s \
         (median of {ROUNDS}; load {})",
        images.len(),
        median(&mut seconds),
        load()
    );
}

fn keep_features(library: &Library, cache: &Cache, backbone: &Backbone) {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let rows: Vec<Vec<f32>> = (0..997)
        .map(|_| {
            (0..backbone.card().feature_count).map(|_| random.random_range(0.0..3.0)).collect()
        })
        .collect();
    for (number, content) in library.contents().unwrap().iter().enumerate() {
        let values = rows[number % rows.len()].clone();
        let features = CachedFeatures { values, nm_per_px: None, day_at_instrument: None };
        cache.store_features(&content.content_sha256, &backbone.feature_key(), &features);
    }
}
