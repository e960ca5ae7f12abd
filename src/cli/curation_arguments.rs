//! The arguments of what is done with a library: search, categories, labels, upkeep.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::taxonomy::Rgb;

/// `semblance library`
#[derive(Debug, Args)]
pub struct LibraryArguments {
    /// What is done with it.
    #[command(subcommand)]
    pub action: LibraryAction,
}

/// What `semblance library` does.
#[derive(Debug, Subcommand)]
pub enum LibraryAction {
    /// Tell what is in it.
    Info(LibraryTarget),
    /// Check everything that must hold; exit code 2 where something does not.
    Verify(LibraryTarget),
    /// Copy its file into its folder of backups, of which the last five are kept.
    Backup(LibraryTarget),
    /// Write its file anew, without what was deleted.
    Compact(LibraryTarget),
    /// Take over what was decided in another library of the same images.
    Merge(MergeArguments),
    /// List all decisions, the newest first.
    Log(LogArguments),
}

/// `semblance library log`
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Only decisions of this person.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only decisions of this day or later.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<jiff::civil::Date>,
    /// Only decisions of this day or earlier.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<jiff::civil::Date>,
    /// Only decisions of these kinds.
    #[arg(long = "kind", value_enum)]
    pub kinds: Vec<LogKind>,
    /// At most so many; the last one's entry, which --json tells, goes on with --before.
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<usize>,
    /// Only decisions before this entry.
    #[arg(long, value_name = "ENTRY")]
    pub before: Option<String>,
    /// One JSON object a decision.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
}

/// Kinds of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogKind {
    /// A person labelled images.
    Label,
    /// A person accepted predictions.
    AcceptedPrediction,
    /// Predictions were accepted automatically.
    AcceptedAutomatically,
    /// Labels were imported.
    Import,
    /// Another library was merged.
    Merge,
    /// Notes or flags were changed.
    Note,
    /// Categories were changed.
    Category,
    /// Files of the same bytes became one image.
    SameContent,
    /// A decision was undone.
    Undo,
    /// A decision that was undone was made again.
    Redo,
}

impl LogKind {
    /// As the journal calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::AcceptedPrediction => "accepted_prediction",
            Self::AcceptedAutomatically => "accepted_automatically",
            Self::Import => "import",
            Self::Merge => "merge",
            Self::Note => "note",
            Self::Category => "category",
            Self::SameContent => "same_content",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }
}

/// A library that is looked after.
#[derive(Debug, Args)]
pub struct LibraryTarget {
    /// JSON.
    #[arg(long)]
    pub json: bool,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// The same, as other commands are told.
    #[arg(long = "library", value_name = "LIB", conflicts_with = "library")]
    pub named_library: Option<PathBuf>,
}

/// `semblance library merge`
#[derive(Debug, Args)]
pub struct MergeArguments {
    /// The other library, or the folder it belongs to; it is only read.
    #[arg(value_name = "OTHER")]
    pub other: PathBuf,
    /// Which label stands where both have one and they differ.
    #[arg(long, value_enum, default_value_t = ConflictChoice::Keep)]
    pub conflicts: ConflictChoice,
    /// What a category is called there, and the category here.
    #[arg(long = "name", value_name = "THERE=HERE", value_parser = there_and_here)]
    pub names: Vec<(String, String)>,
    /// Only tell what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// The library that is changed, and who changes it.
    #[command(flatten)]
    pub change: ChangeArguments,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Which of two labels stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConflictChoice {
    /// The one that is here.
    Keep,
    /// The other one.
    Replace,
    /// The one that was given later.
    Newest,
}

/// Whose library is changed, and by whom.
#[derive(Debug, Args)]
pub struct DecisionArguments {
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
    /// Who decides; without it, who is logged in. Needed on a log-in that several people share.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Whose library is changed, by whom, and whether names are sure.
#[derive(Debug, Args)]
pub struct ChangeArguments {
    /// Where and who.
    #[command(flatten)]
    pub decision: DecisionArguments,
    /// A category may be named by a former name, or one that is used elsewhere.
    #[arg(long)]
    pub yes: bool,
}

/// `semblance search`
#[derive(Debug, Args)]
#[command(after_help = super::search::HELP.as_str())]
pub struct SearchArguments {
    /// What is searched for; several words are one query, and none finds all.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Vec<String>,
    /// Of these, the images that this saved filter finds; `semblance searches list` lists them.
    #[arg(long, value_name = "NAME")]
    pub saved: Option<String>,
    /// One JSON object an image.
    #[arg(long)]
    pub json: bool,
    /// Only how many there are.
    #[arg(long)]
    pub count: bool,
    /// The order.
    #[arg(long, value_enum, default_value_t = SortChoice::Path)]
    pub sort: SortChoice,
    /// The library, or the folder it belongs to; without it, that of the folder you stand in.
    #[arg(long, value_name = "LIB")]
    pub library: Option<PathBuf>,
}

/// In which order images are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortChoice {
    /// By path.
    Path,
    /// The file changed last first.
    Newest,
    /// The image taken first first, as the instrument's clock says; those without a date last.
    Taken,
    /// The image taken last first; those without a date last.
    TakenLast,
    /// The most uncertain prediction first; images without one last.
    Uncertain,
    /// The lowest of the best scores first; images without one last.
    LowestScore,
    /// The highest score first; images without one last.
    HighestScore,
    /// The label most likely wrong first (`semblance review labels`).
    Doubtful,
    /// The image most unlike all labelled ones first (`semblance review unlike`).
    Unlike,
}

/// `semblance searches`
#[derive(Debug, Args)]
pub struct SearchesArguments {
    /// What is done with them.
    #[command(subcommand)]
    pub action: SearchesAction,
}

/// What `semblance searches` does.
#[derive(Debug, Subcommand)]
pub enum SearchesAction {
    /// List all with their queries; exit code 2 where one is no query any more.
    List {
        /// One JSON object a filter.
        #[arg(long)]
        json: bool,
        /// The library, or the folder it belongs to; without it, that of the folder you stand in.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
    },
    /// Save a query under a name, in place of the one of that name.
    Save {
        /// The name; the case of its letters does not matter.
        name: String,
        /// The query (see `semblance search --help`); several words are one.
        #[arg(value_name = "QUERY", required = true, allow_hyphen_values = true)]
        query: Vec<String>,
        /// The library, or the folder it belongs to; without it, that of the folder you stand in.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
    },
    /// Remove a saved filter, and tell its query.
    Remove {
        /// The name.
        name: String,
        /// The library, or the folder it belongs to; without it, that of the folder you stand in.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
    },
}

/// `semblance categories`
#[derive(Debug, Args)]
pub struct CategoriesArguments {
    /// What is done with them.
    #[command(subcommand)]
    pub action: CategoriesAction,
}

/// What `semblance categories` does. Subcategories are written `CATEGORY/SUBCATEGORY`.
#[derive(Debug, Subcommand)]
pub enum CategoriesAction {
    /// List all with their subcategories, keys and images.
    List {
        /// One JSON object a category.
        #[arg(long)]
        json: bool,
        /// The library, or the folder it belongs to.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
    },
    /// What merging each pair of categories would do to accuracy, measured by training again, beside
    /// what merging unlike categories does, and what guessing would gain.
    Advise(super::training_arguments::AdviseArguments),
    /// Add a category, or a subcategory as `CATEGORY/SUBCATEGORY`, such as `Nanowires/Bundles`.
    Add {
        /// Its name, or `CATEGORY/SUBCATEGORY`.
        name: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Give it another name; the former one still finds it.
    Rename {
        /// The category.
        category: String,
        /// Its new name.
        name: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Let images of some categories count as images of another from now on.
    Merge {
        /// The categories that are given up.
        #[arg(required = true)]
        from: Vec<String>,
        /// What they mean from now on.
        #[arg(long, value_name = "CATEGORY")]
        into: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Give some images of a category a new one of their own.
    Split {
        /// The category that keeps the others; with the new one as `CATEGORY/NAME` in --to, the new
        /// one is its subcategory.
        category: String,
        /// The new category.
        #[arg(long, value_name = "NAME")]
        to: String,
        /// Which of its images, as a query (see `semblance search --help`).
        #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
        images: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Make it a subcategory of another, or a category of its own.
    Move {
        /// What is moved.
        category: String,
        /// The category it becomes a part of; without it, it stands on its own.
        #[arg(long, value_name = "CATEGORY")]
        into: Option<String>,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Give it no longer; the images that have it keep it.
    Retire {
        /// The category.
        category: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Give a retired one again.
    Restore {
        /// The category.
        category: String,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
    /// Change its key, colour or description.
    Describe {
        /// The category.
        category: String,
        /// The key that gives it in the window.
        #[arg(long, value_name = "KEY")]
        key: Option<char>,
        /// Its colour.
        #[arg(long, value_name = "RRGGBB", value_parser = color)]
        color: Option<Rgb>,
        /// What belongs to it.
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
        /// Where and who.
        #[command(flatten)]
        change: ChangeArguments,
    },
}

fn color(text: &str) -> Result<Rgb, String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    match u32::from_str_radix(digits, 16) {
        Ok(hex) if digits.len() == 6 => Ok(Rgb::from_hex(hex)),
        _ => Err("a colour is six hexadecimal digits, such as E69F00".to_owned()),
    }
}

/// `semblance labels`
#[derive(Debug, Args)]
pub struct LabelsArguments {
    /// What is done with them.
    #[command(subcommand)]
    pub action: LabelsAction,
}

/// What `semblance labels` does.
#[derive(Debug, Subcommand)]
pub enum LabelsAction {
    /// Label images.
    Set(SetLabelArguments),
    /// Take back the last decision of whatever kind.
    Undo(DecisionArguments),
    /// Make the decision that was taken back last again.
    Redo(DecisionArguments),
    /// Tell what was decided about an image, by whom and when.
    History {
        /// The image.
        image: PathBuf,
        /// The library, or the folder it belongs to.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
        /// One JSON object a decision.
        #[arg(long)]
        json: bool,
    },
    /// Label all images without a label whose prediction scores high enough, in one step that can
    /// be undone. Such labels never train or measure a model.
    Accept(AcceptArguments),
    /// Take labels over from a table, JSON, or a folder with a folder for each category.
    Import(ImportArguments),
    /// Tell how far somebody else's labels agree with those here; nothing is changed.
    Agreement(AgreementArguments),
    /// Write all labels, a line an image: files of the same bytes are one, named by the first of
    /// their paths.
    Export {
        /// JSON, one object an image, instead of a table (CSV).
        #[arg(long)]
        json: bool,
        /// A table that Excel opens by a double click: with a byte order mark, and an apostrophe before
        /// texts that begin like a formula. `labels import` reads it back unchanged.
        #[arg(long, conflicts_with = "json")]
        excel: bool,
        /// Semicolons between cells, as Excel wants them where the comma is the decimal sign.
        #[arg(long, conflicts_with = "json")]
        semicolons: bool,
        /// Labels of images that are missing, or whose files have changed since, too: by the SHA-256 of
        /// what was labelled, `labels import` gives them to the right files.
        #[arg(long)]
        all: bool,
        /// The file; without it, to the terminal.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The library, or the folder it belongs to; without it, that of the folder you stand in.
        #[arg(long, value_name = "LIB")]
        library: Option<PathBuf>,
    },
}

/// `semblance labels set`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("answer").required(true).multiple(true))]
pub struct SetLabelArguments {
    /// The images.
    #[arg(value_name = "IMAGE", required = true)]
    pub images: Vec<PathBuf>,
    /// The category, or `CATEGORY/SUBCATEGORY`.
    #[arg(long, group = "answer", conflicts_with_all = ["none_of_these", "unusable", "clear"])]
    pub category: Option<String>,
    /// A second category that is right as well.
    #[arg(long, value_name = "CATEGORY", requires = "category")]
    pub second: Option<String>,
    /// None of the categories fits.
    #[arg(long, group = "answer", conflicts_with_all = ["unusable", "clear"])]
    pub none_of_these: bool,
    /// Nothing that could be told.
    #[arg(long, group = "answer", conflicts_with = "clear")]
    pub unusable: bool,
    /// Take the label away.
    #[arg(long, group = "answer")]
    pub clear: bool,
    /// A note; an empty one takes it away.
    #[arg(long, group = "answer", value_name = "TEXT")]
    pub note: Option<String>,
    /// Whether something was drawn into the image.
    #[arg(long, group = "answer", value_name = "YES|NO", value_parser = yes_or_no)]
    pub annotated: Option<bool>,
    /// Whether it is never used for training.
    #[arg(long, group = "answer", value_name = "YES|NO", value_parser = yes_or_no)]
    pub excluded: Option<bool>,
    /// Where and who.
    #[command(flatten)]
    pub change: ChangeArguments,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("say yes or no".to_owned()),
    }
}

/// `semblance labels accept`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("from").required(true))]
pub struct AcceptArguments {
    /// Accept from this score up.
    #[arg(long, group = "from", value_parser = score)]
    pub score: Option<f32>,
    /// Accept from the lowest score up at which at least this share of the labels will be right, as
    /// measured on images that people labelled and no model was trained with.
    #[arg(long, group = "from", value_name = "SHARE", value_parser = share)]
    pub promise: Option<f64>,
    /// How sure the promise is.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.95,
          requires = "promise")]
    pub confidence: f64,
    /// Only predictions of these categories.
    #[arg(long = "category", value_name = "NAME", num_args = 1..)]
    pub categories: Vec<String>,
    /// The model whose predictions are accepted; without it, the library's.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Only tell what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Where, and who asks for it.
    #[command(flatten)]
    pub change: ChangeArguments,
}

fn score(text: &str) -> Result<f32, String> {
    let score = text.parse().ok().filter(|score| (0.0..=1.0).contains(score));
    score.ok_or_else(|| "a score is a number from 0 to 1, such as 0.95".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "write a number between 0 and 1, such as 0.99".to_owned())
}

/// `semblance labels import`
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// What the labels are, and how they are understood.
    #[command(flatten)]
    pub foreign: ForeignLabelArguments,
    /// Which label stands where an image has another one here.
    #[arg(long, value_enum, default_value_t = ConflictChoice::Keep)]
    pub conflicts: ConflictChoice,
    /// Only tell what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Labels of somebody else.
#[derive(Debug, Args)]
pub struct ForeignLabelArguments {
    /// A table (CSV), JSON, or a folder with a folder for each category.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// What a category is called there, and the category here, also where another one here has that
    /// name. An import remembers names that are no category's.
    #[arg(long = "name", value_name = "THERE=HERE", value_parser = there_and_here)]
    pub names: Vec<(String, String)>,
    /// Add the categories that are not here; `agreement` only counts them as others.
    #[arg(long)]
    pub add_categories: bool,
    /// Where and who; who also gave the labels where they do not say.
    #[command(flatten)]
    pub decision: DecisionArguments,
}

/// `semblance labels agreement`
#[derive(Debug, Args)]
pub struct AgreementArguments {
    /// What the labels are, and how they are understood.
    #[command(flatten)]
    pub foreign: ForeignLabelArguments,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

fn there_and_here(text: &str) -> Result<(String, String), String> {
    // A name there may well have the sign in it, as `=SUM(A1)`.
    match text.rsplit_once('=') {
        Some((there, here)) if !there.trim().is_empty() && !here.trim().is_empty() => {
            Ok((there.trim().to_owned(), here.trim().to_owned()))
        }
        _ => Err("write THERE=HERE, such as Cantilever_Tips=Tips".to_owned()),
    }
}
