//! Where a query is wrong.

use std::ops::Range;

use super::QueryProblem;

/// Why a text is not a query, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct QueryError {
    /// What is wrong, and how to write it.
    pub problem: QueryProblem,
    /// The place in the query, in bytes, on character boundaries; empty where something is missing.
    pub span: Range<usize>,
}

impl QueryError {
    /// Two lines for the command line: the query, and marks under the place.
    ///
    /// Line breaks and tabs are shown as spaces, and each character counts as one column.
    pub fn marked(&self, query: &str) -> String {
        let shown =
            query.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c });
        let width = |is_counted: &dyn Fn(usize) -> bool| {
            query.char_indices().filter(|&(at, _)| is_counted(at)).count()
        };
        let indent = width(&|at| at < self.span.start);
        let mark_count = width(&|at| self.span.contains(&at)).max(1);
        let marks = " ".repeat(indent) + &"^".repeat(mark_count);
        format!("{}\n{marks}", shown.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Query;

    fn marked(query: &str) -> String {
        Query::parse(query).expect_err(query).marked(query)
    }

    #[test]
    fn marks_stand_under_the_wrong_place() {
        assert_eq!(marked("a kv:x b"), "a kv:x b\n     ^");
        assert_eq!(marked("score:1,2,0.5"), "score:1,2,0.5\n        ^");
        assert_eq!(marked("detecotr:SE"), "detecotr:SE\n^^^^^^^^");
    }

    #[test]
    fn columns_are_characters_not_bytes() {
        assert_eq!(marked("\"Größe\" kv:µµ"), "\"Größe\" kv:µµ\n           ^^");
    }

    #[test]
    fn a_missing_end_is_marked_behind_the_query() {
        assert_eq!(marked("a kv:"), "a kv:\n     ^");
    }

    #[test]
    fn line_breaks_and_tabs_keep_the_query_on_one_line() {
        assert_eq!(marked("a\n\tkv:x"), "a  kv:x\n      ^");
    }

    #[test]
    fn marking_another_text_is_harmless() {
        let error = Query::parse("sample:a kv:5V..µ").expect_err("no number");
        assert_eq!(error.marked("µ"), "µ\n ^");
        assert_eq!(error.marked(""), "\n^");
    }
}
