//! The same work by scikit-learn, in a process of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use ndarray::ArrayView2;
use serde_json::Value;
use tempfile::TempDir;

/// Features and categories in files that the script reads.
pub struct ScikitLearn {
    folder: TempDir,
}

impl ScikitLearn {
    /// `features` is `[image_count, feature_count]`, in rows without gaps.
    pub fn with(features: ArrayView2<'_, f32>, categories: &[usize]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bytes = bytemuck::cast_slice(features.to_slice().unwrap());
        fs::write(folder.path().join("features.f32"), bytes).unwrap();
        let own = Self { folder };
        own.write("categories.i32", categories);
        own
    }

    /// Seconds and loss of fitting all images.
    pub fn fit(&self, l2: f64) -> (f64, f64) {
        let answer = self.run(&["fit", &l2.to_string()], &[]);
        (answer["seconds"].as_f64().unwrap(), answer["loss"].as_f64().unwrap())
    }

    /// By the name of a way to fit: which images are right, each by a head that saw no image of its
    /// fold. `groups` keeps images together where a penalty is chosen within the others.
    pub fn cross_validate(&self, folds: &[usize], groups: &[usize]) -> Vec<(String, Vec<bool>)> {
        self.write("folds.i32", folds);
        self.write("groups.i32", groups);
        // On so few images threads of its linear algebra only wait for one another.
        let answer = self.run(&["cross-validate"], &[("OPENBLAS_NUM_THREADS", "1")]);
        let of = |(name, right): (&String, &Value)| {
            let right = right.as_array().unwrap().iter().map(|it| it.as_bool().unwrap());
            (name.clone(), right.collect())
        };
        answer.as_object().unwrap().iter().map(of).collect()
    }

    fn write(&self, name: &str, values: &[usize]) {
        let values: Vec<i32> = values.iter().map(|value| i32::try_from(*value).unwrap()).collect();
        fs::write(self.folder.path().join(name), bytemuck::cast_slice(&values)).unwrap();
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
        let python = std::env::var("SEMBLANCE_TEST_PYTHON");
        let output = Command::new(python.unwrap_or_else(|_| "python3".to_owned()))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/learning/scikit_learn.py"))
            .arg(self.folder.path())
            .args(arguments)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
