//! `semblance sample`

use super::arguments::SampleArguments;
use super::{Outcome, Output};
use crate::ops::create_sample_library;
use crate::synthetic::SampleOptions;

pub(super) fn run(arguments: &SampleArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let options = SampleOptions { per_category: arguments.per_category, seed: arguments.seed };
    let records = create_sample_library(&arguments.out, &options, &mut |done, total| {
        output.progress("Made", done, total);
        true
    })?;
    output.message(&format!(
        "Made {} synthetic micrographs with manifest.csv in {}",
        records.len(),
        arguments.out.display()
    ));
    Ok(Outcome::of(records.len(), 0))
}
