//! The columns of a table of labels, and the names other programs have for them.

/// A column of a table, or a key of a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Path,
    Category,
    Second,
    Subcategory,
    Answer,
    Note,
    Annotated,
    Excluded,
    By,
    At,
    Source,
    Sha256,
}

impl Column {
    /// All, as they stand in the tables we write.
    pub(super) const ALL: [Self; 12] = [
        Self::Path,
        Self::Category,
        Self::Second,
        Self::Subcategory,
        Self::Answer,
        Self::Note,
        Self::Annotated,
        Self::Excluded,
        Self::By,
        Self::At,
        Self::Source,
        Self::Sha256,
    ];

    /// Those that say something about an image.
    const TELLING: [Self; 5] =
        [Self::Category, Self::Answer, Self::Note, Self::Annotated, Self::Excluded];

    /// The name in the files we write.
    pub(super) const fn name(self) -> &'static str {
        self.names()[0]
    }

    /// All names, lower case and without separators. Where a file has several of them, the first
    /// here is the one that is read.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Path => &[
                "path",
                "relativepath",
                "filepath",
                "imagepath",
                "file",
                "filename",
                "image",
                "imagefile",
                "imagename",
                "micrograph",
                "name",
                "imgfilename",
            ],
            Self::Category => &[
                "category",
                "categoryname",
                "class",
                "classname",
                "label",
                "choice",
                "objectannotationcategory",
            ],
            Self::Second => {
                &["second", "secondcategory", "category2", "secondlabel", "label2", "class2"]
            }
            Self::Subcategory => &["subcategory", "subclass", "sublabel"],
            Self::Answer => &["answer", "decision"],
            Self::Note => &["note", "notes", "comment", "comments", "remark", "remarks"],
            Self::Annotated => &["annotated", "isannotated"],
            Self::Excluded => &["excluded", "isexcluded", "exclude"],
            Self::By => &[
                "by",
                "labelledby",
                "labeledby",
                "annotator",
                "labeller",
                "labeler",
                "rater",
                "user",
                "author",
                "objectannotationpersonname",
            ],
            Self::At => &[
                "at",
                "labelledat",
                "labeledat",
                "timestamp",
                "datetime",
                "date",
                "time",
                "updatedat",
                "createdat",
            ],
            Self::Source => &["source"],
            Self::Sha256 => &["sha256", "contentsha256"],
        }
    }

    /// Whether a column has this name.
    pub(super) fn is_name(text: &str) -> bool {
        Self::called(text).is_some()
    }

    /// The column with this name and how far down its list of names that stands.
    fn called(name: &str) -> Option<(Self, usize)> {
        let folded = folded(name);
        Self::ALL.into_iter().find_map(|column| {
            let rank = column.names().iter().position(|known| *known == folded)?;
            Some((column, rank))
        })
    }
}

/// Which columns a file has, and where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// Every column that was found, at its place among the names.
    pub found: Vec<(Column, usize)>,
    /// Places of names that mean nothing here, or the same as a better one.
    pub unused: Vec<usize>,
}

impl Columns {
    /// Finds the columns among the names.
    pub(super) fn among<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let called: Vec<Option<(Column, usize)>> = names.into_iter().map(Column::called).collect();
        let best = |wanted: Column| {
            let ranks = called.iter().enumerate().filter_map(|(place, called)| {
                called.filter(|(column, _)| *column == wanted).map(|(_, rank)| (rank, place))
            });
            ranks.min().map(|(_, place)| (wanted, place))
        };
        let found: Vec<(Column, usize)> = Column::ALL.into_iter().filter_map(best).collect();
        let is_unused = |place: &usize| !found.iter().any(|(_, used)| used == place);
        let unused = (0..called.len()).filter(is_unused).collect();
        Self { found, unused }
    }

    fn has(&self, wanted: Column) -> bool {
        self.found.iter().any(|(column, _)| *column == wanted)
    }

    /// Whether there is a path and something that is said about it.
    pub(super) fn are_usable(&self) -> bool {
        self.has(Column::Path) && Column::TELLING.iter().any(|column| self.has(*column))
    }
}

/// The names of the columns of which a usable file has one, beside the path.
pub(super) fn wanted_columns() -> Vec<&'static str> {
    Column::TELLING.iter().map(|column| column.name()).collect()
}

/// Lower case without white space, `_`, `-` and byte order marks: how names of columns and answers are
/// compared.
pub(super) fn folded(name: &str) -> String {
    let is_letter = |c: &char| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}');
    name.chars().filter(is_letter).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_with_any_separator() {
        let columns = Columns::among(["File name", "SECOND_CATEGORY", "labelled-by"]);
        assert_eq!(columns.found, [(Column::Path, 0), (Column::Second, 1), (Column::By, 2)]);
    }

    #[test]
    fn of_several_names_for_a_column_the_plainest_is_read() {
        let columns = Columns::among(["name", "label", "path", "category", "width", "path"]);
        assert_eq!(columns.found, [(Column::Path, 2), (Column::Category, 3)]);
        assert_eq!(columns.unused, [0, 1, 4, 5]);
    }

    #[test]
    fn a_path_and_something_about_it_are_needed() {
        assert!(Columns::among(["path", "category"]).are_usable());
        assert!(Columns::among(["path", "excluded"]).are_usable());
        assert!(!Columns::among(["path", "by"]).are_usable());
        assert!(!Columns::among(["category", "note"]).are_usable());
    }

    #[test]
    fn no_name_means_two_columns() {
        let mut names: Vec<&str> =
            Column::ALL.iter().flat_map(|column| column.names().iter().copied()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| folded(name) == *name));
    }
}
