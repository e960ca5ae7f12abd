//! The arguments of `semblance models`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::arguments::EngineArguments;
use crate::classifier::{DataBarRule, Layout, NetworkFacts, PerChannel, ResizeRule, TensorValues};

/// `semblance models`
#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// What is done.
    #[command(subcommand)]
    pub action: ModelsAction,
}

/// What `semblance models` does.
#[derive(Debug, Subcommand)]
pub enum ModelsAction {
    /// List the models and backbones inside the program, and those in folders.
    List(ListModelsArguments),
    /// Tell what a model is: categories, backbone, how images are prepared, how good it was.
    Info(ModelInfoArguments),
    /// Show which images of a library a model sees differently from the one in use, and which of the
    /// two is more often right.
    Compare(CompareModelsArguments),
    /// Take a model into use in a library, and score its images anew. The earlier model stays.
    Use(UseModelArguments),
    /// Remove a model of a library's own that is not in use.
    Remove(RemoveModelArguments),
    /// Make an ONNX classifier a model; it is run once before anything is written.
    Import(ImportModelArguments),
    /// Make an ONNX image network a backbone to train on; it is run once before anything is written.
    ImportBackbone(ImportBackboneArguments),
}

/// `semblance models list`
#[derive(Debug, Args)]
pub struct ListModelsArguments {
    /// One JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to, whose own models are listed too; by default that of
    /// the folder one stands in, where it has one.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// Folders of models, or folders that hold such folders.
    #[arg(value_name = "DIR")]
    pub folders: Vec<PathBuf>,
}

/// `semblance models info`
#[derive(Debug, Args)]
pub struct ModelInfoArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// A model's folder, or a built-in one: starter, sample.
    #[arg(value_name = "MODEL")]
    pub model: String,
}

/// `semblance models compare`
#[derive(Debug, Args)]
pub struct CompareModelsArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; by default that of the folder one stands in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// The model it is compared with; by default the one in use.
    #[arg(long, value_name = "MODEL")]
    pub with: Option<String>,
    /// How the network is run where features are not known yet.
    #[command(flatten)]
    pub engine: EngineArguments,
    /// One of the library's own models, a model's folder, or a built-in one: starter, sample.
    #[arg(value_name = "MODEL")]
    pub model: String,
}

/// `semblance models use`
#[derive(Debug, Args)]
pub struct UseModelArguments {
    /// The library, or the folder it belongs to; by default that of the folder one stands in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// One of the library's own models, a model's folder, or a built-in one: starter, sample.
    #[arg(value_name = "MODEL")]
    pub model: String,
}

/// `semblance models remove`
#[derive(Debug, Args)]
pub struct RemoveModelArguments {
    /// The library, or the folder it belongs to; by default that of the folder one stands in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// One of the library's own models.
    #[arg(value_name = "MODEL")]
    pub model: String,
}

/// `semblance models import`
#[derive(Debug, Args)]
pub struct ImportModelArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// The categories, one a line, in the order of the scores.
    #[arg(long, value_name = "FILE.txt")]
    pub labels: PathBuf,
    /// Folder to write the model into.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The tensor that holds the scores; by default the only output.
    #[arg(long, value_name = "TENSOR")]
    pub output: Option<String>,
    /// What the scores are; by default found out from the graph, or by running it.
    #[arg(long, value_name = "WHAT", value_parser = tensor_values())]
    pub output_is: Option<TensorValues>,
    /// How images are prepared.
    #[command(flatten)]
    pub preparation: PreparationArguments,
    /// The network.
    #[arg(value_name = "FILE.onnx")]
    pub file: PathBuf,
}

/// `semblance models import-backbone`
#[derive(Debug, Args)]
pub struct ImportBackboneArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Folder to write the backbone into.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The tensor that holds the features, an output or any other; by default an output of the name
    /// features.
    #[arg(long, value_name = "TENSOR")]
    pub features_tensor: Option<String>,
    /// How images are prepared.
    #[command(flatten)]
    pub preparation: PreparationArguments,
    /// The network.
    #[arg(value_name = "FILE.onnx")]
    pub file: PathBuf,
}

/// How images are prepared for a network. What is said here goes before what a card says.
#[derive(Debug, Args)]
pub struct PreparationArguments {
    /// JSON that describes the network: a backbone.json, or a converter's description.
    #[arg(long, value_name = "FILE.json")]
    pub card: Option<PathBuf>,
    /// Its name; by default its folder's.
    #[arg(long)]
    pub name: Option<String>,
    /// Side of the square input in pixels, where the graph leaves it open.
    #[arg(long, value_name = "N")]
    pub input_size_px: Option<u32>,
    /// Subtracted from each pixel of 0 to 255: one number, or one a channel. ImageNet's usual ones
    /// are 123.675,116.28,103.53.
    #[arg(long, value_name = "M", value_parser = per_channel, allow_hyphen_values = true)]
    pub mean: Option<PerChannel>,
    /// What is left is divided by it: one number, or one a channel. ImageNet's usual ones are
    /// 58.395,57.12,57.375.
    #[arg(long, value_name = "S", value_parser = per_channel)]
    pub std: Option<PerChannel>,
    /// Order of the input's axes; by default as its shape tells.
    #[arg(long, value_name = "LAYOUT", value_parser = layout())]
    pub layout: Option<Layout>,
    /// The central square of a picture, or all of it squashed to a square; by default the square.
    #[arg(long, value_name = "RULE", value_parser = resize_rule())]
    pub resize: Option<ResizeRule>,
    /// Share of the shorter side that the central square covers; by default 0.875.
    #[arg(long, value_name = "SHARE")]
    pub crop_share: Option<f64>,
    /// Whether the network sees the data bar; by default it is masked (cut off).
    #[arg(long, value_name = "RULE", value_parser = data_bar_rule())]
    pub data_bar: Option<DataBarRule>,
    /// Its licence, as an SPDX expression.
    #[arg(long, value_name = "SPDX")]
    pub licence: Option<String>,
}

impl PreparationArguments {
    /// What they say; `tensor` holds the features, or a classifier's scores.
    pub fn facts(&self, tensor: Option<&str>) -> NetworkFacts {
        NetworkFacts {
            name: self.name.clone(),
            input_size_px: self.input_size_px,
            layout: self.layout,
            mean: self.mean.clone(),
            std: self.std.clone(),
            resize: self.resize,
            crop_share: self.crop_share,
            data_bar: self.data_bar,
            features_tensor: tensor.map(str::to_owned),
            licence: self.licence.clone(),
            sha256: None,
            channels: None,
        }
    }
}

fn per_channel(text: &str) -> Result<PerChannel, String> {
    let number = |text: &str| match text.trim().parse::<f32>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(format!("{text:?} is not a number")),
    };
    match text.split(',').map(number).collect::<Result<Vec<f32>, String>>()?.as_slice() {
        [one] => Ok(PerChannel::All(*one)),
        each => Ok(PerChannel::Each(each.to_vec())),
    }
}

fn layout() -> impl TypedValueParser<Value = Layout> {
    one_of([("nchw", Layout::Nchw), ("nhwc", Layout::Nhwc)])
}

fn resize_rule() -> impl TypedValueParser<Value = ResizeRule> {
    one_of([("center-crop", ResizeRule::CenterCrop), ("squash", ResizeRule::Squash)])
}

fn data_bar_rule() -> impl TypedValueParser<Value = DataBarRule> {
    one_of([("masked", DataBarRule::Masked), ("kept", DataBarRule::Kept)])
}

fn tensor_values() -> impl TypedValueParser<Value = TensorValues> {
    one_of([("logits", TensorValues::AsTheyAre), ("probabilities", TensorValues::Probabilities)])
}

/// Takes one of two words, each for a value.
fn one_of<T: Copy + Send + Sync + 'static>(
    words: [(&'static str, T); 2],
) -> impl TypedValueParser<Value = T> {
    let [(first, if_first), (_, otherwise)] = words;
    PossibleValuesParser::new(words.map(|(word, _)| word))
        .map(move |word| if word == first { if_first } else { otherwise })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_one_number_together_or_one_each() {
        assert_eq!(per_channel("-1.5"), Ok(PerChannel::All(-1.5)));
        assert_eq!(per_channel("1, 2,3"), Ok(PerChannel::Each(vec![1.0, 2.0, 3.0])));
        assert!(per_channel("1,grey").unwrap_err().contains("grey"));
        assert!(per_channel("NaN").is_err() && per_channel("").is_err());
    }
}
