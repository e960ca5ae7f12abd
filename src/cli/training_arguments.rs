//! Arguments of `semblance train`, `evaluate` and `categories advise`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::{EngineArguments, LabelledArguments, at_least_one};
use crate::classifier::DEFAULT_BACKBONE;
use crate::learning::{Recipe, SgdRecipe, TrainOptions};

/// How a head is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecipeName {
    /// The best linear head there is, in seconds.
    Lbfgs,
    /// Steps over small random batches.
    Sgd,
}

/// How a head is trained.
#[derive(Debug, Args)]
pub struct RecipeArguments {
    /// How the head is trained: lbfgs (multinomial logistic regression, its penalty chosen on the
    /// validation side), or sgd (steps over small random batches).
    #[arg(long, value_name = "RECIPE", default_value = "lbfgs")]
    pub recipe: RecipeName,
    /// Every category counts as much as every other, however many images it has.
    #[arg(long)]
    pub balanced: bool,
    /// Steps of sgd.
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = at_least_one)]
    pub steps: usize,
    /// Images a step of sgd.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least_one)]
    pub batch: usize,
    /// By how much of the gradient a step of sgd goes.
    #[arg(long, value_name = "RATE", default_value_t = 0.01, value_parser = positive)]
    pub learning_rate: f32,
    /// Units of a hidden layer before the last, of sgd; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub hidden_units: usize,
    /// Which random numbers sgd draws.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

impl RecipeArguments {
    /// As learning takes them.
    pub(super) fn options(&self) -> TrainOptions {
        let recipe = match self.recipe {
            RecipeName::Lbfgs => Recipe::Lbfgs,
            RecipeName::Sgd => Recipe::Sgd(SgdRecipe {
                steps: self.steps,
                batch: self.batch,
                learning_rate: self.learning_rate,
                hidden_units: self.hidden_units,
                seed: self.seed,
            }),
        };
        TrainOptions { recipe, is_balanced: self.balanced }
    }
}

/// `semblance train`
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Where labelled images are.
    #[command(flatten)]
    pub labelled: LabelledArguments,
    /// Folder to write the model into. A model that is there is replaced; the images that measured
    /// it go on measuring. By default, of a library's labels, a new model of the library's own, to
    /// compare with the one in use (semblance models compare) and to take into use (models use).
    #[arg(long, value_name = "MODEL", required_unless_present = "library")]
    pub out: Option<PathBuf>,
    /// The model's name; by default its folder's, or of a library's own model the day's.
    #[arg(long)]
    pub name: Option<String>,
    /// One sentence on what it is for.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub description: String,
    /// Where the images came from, for the model's card; by default the folder's name.
    #[arg(long, value_name = "TEXT")]
    pub data: Option<String>,
    /// The network whose features the head takes: efficientnet-lite0, efficientnet-lite2 (slower,
    /// somewhat better), or a folder that `semblance models import-backbone` made.
    #[arg(long, value_name = "BACKBONE", default_value = DEFAULT_BACKBONE)]
    pub backbone: String,
    /// Show the network the data bar too. It then learns sessions instead of samples: for comparison.
    #[arg(long)]
    pub keep_data_bar: bool,
    /// Show the network each image in all eight orientations, and take the mean of the features: eight
    /// times the work, also when images are classified.
    #[arg(long, value_name = "1|8", default_value = "1", value_parser = ["1", "8"])]
    pub orientations: String,
    /// How the head is trained.
    #[command(flatten)]
    pub recipe: RecipeArguments,
    /// Tell the head the pixel size too, where headers have it. Worth trying where magnification
    /// tells categories apart; measure both.
    #[arg(long)]
    pub pixel_size: bool,
    /// Train the network's last convolution too, where that helps on images that do not train, and
    /// tell what it brings (measured best with --cross-validate). The model then has a network of its
    /// own, so that a library's images have to be classified anew. Minutes instead of seconds.
    #[arg(long, conflicts_with_all = ["pixel_size", "steps", "batch", "learning_rate", "hidden_units"])]
    pub more_layers: bool,
    /// Leave out categories with fewer images.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub min_images: usize,
    /// Write what was measured as one HTML file, with plots, to read and to print.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Measure by cross-validation over this many folds as well, groups kept together; 0 for none.
    #[arg(long, value_name = "FOLDS", default_value_t = 0, value_parser = folds)]
    pub cross_validate: usize,
    /// How the network is run.
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// `semblance evaluate`
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// A model's folder, or a built-in one: starter, sample.
    #[arg(long, value_name = "M")]
    pub model: String,
    /// Where labelled images are.
    #[command(flatten)]
    pub labelled: LabelledArguments,
    /// Write the measures as one HTML file, with plots, to read and to print.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Into the report: accuracy against images a category, and training time, by training on ever
    /// more of these images.
    #[arg(long, requires = "report")]
    pub learning_curve: bool,
    /// Into the report: what merging each pair of categories would do to accuracy.
    #[arg(long, requires = "report")]
    pub merges: bool,
    /// Measure on images that the model was trained on, too: that flatters it.
    #[arg(long)]
    pub all: bool,
    /// How the network is run.
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// `semblance categories advise`
#[derive(Debug, Args)]
pub struct AdviseArguments {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Where labelled images are.
    #[command(flatten)]
    pub labelled: LabelledArguments,
    /// The network whose features are learned from.
    #[arg(long, value_name = "BACKBONE", default_value = DEFAULT_BACKBONE)]
    pub backbone: String,
    /// Every category counts as much as every other, however many images it has.
    #[arg(long)]
    pub balanced: bool,
    /// Leave out categories with fewer images.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub min_images: usize,
    /// How the network is run.
    #[command(flatten)]
    pub engine: EngineArguments,
}

fn folds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(1) => Err("cross-validation needs at least 2 folds (0 for none)".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err("not a whole number".to_owned()),
    }
}

fn positive(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("a number above 0 is expected".to_owned()),
    }
}
