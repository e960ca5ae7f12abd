//! What is wrong with queries, and where it is found.

use crate::query::{Query, QueryError, QueryProblem};

fn error(text: &str) -> QueryError {
    Query::parse(text).expect_err(text)
}

/// Checks the problem, and that it is found at `place`.
fn assert_problem(text: &str, place: &str, problem: QueryProblem) {
    let error = error(text);
    assert_eq!(error.problem, problem, "{text}");
    assert_eq!(&text[error.span], place, "{text}");
}

#[test]
fn quotation_marks_must_enclose_whole_values() {
    assert_problem("a \"b c", "\"b c", QueryProblem::UnclosedQuote);
    assert_problem(r#"folder:"C:\data\""#, r#""C:\data\""#, QueryProblem::UnclosedQuote);
    assert_problem("5\" wafer", "\"", QueryProblem::QuoteInsideWord);
    assert_problem("sample:5\"", "\"", QueryProblem::QuoteInsideWord);
    assert_problem("\"a\"b", "b", QueryProblem::TextAfterQuote);
    assert_problem("\"a\",\"b\"", ",", QueryProblem::TextAfterQuote);
    assert_problem("sample:\"a\"*", "*", QueryProblem::TextAfterQuote);
    assert_problem("a \" \"", "\" \"", QueryProblem::NoWords);
}

#[test]
fn parentheses_are_refused_outside_quotation_marks_only() {
    for text in ["(a OR b)", "a (b)", "name:(a)"] {
        assert_problem(text, "(", QueryProblem::Parenthesis);
    }
    assert_problem("a)", ")", QueryProblem::Parenthesis);
    assert_problem("\"a\")", ")", QueryProblem::Parenthesis);
    assert!(error("(a)").to_string().contains("category:A,B"));
    assert!(Query::parse("name:\"a (1).tif\" \"(b)\"").is_ok());
}

#[test]
fn signs_need_their_terms() {
    for text in ["-", "a - b", "--a", "-OR"] {
        assert_problem(text, "-", QueryProblem::NothingToExclude);
    }
    for text in ["NOT", "NOT NOT a", "NOT -a"] {
        assert_problem(text, "NOT", QueryProblem::NothingToExclude);
    }
    for text in ["OR", "OR a", "a OR", "a OR OR b"] {
        assert_problem(text, "OR", QueryProblem::OrWithoutTerm);
    }
    for text in ["a OR -b", "a OR NOT b", "-a OR b"] {
        assert_problem(text, "OR", QueryProblem::ExcludedAlternative);
    }
    assert_problem("a AND b", "AND", QueryProblem::NeedlessAnd);
}

#[test]
fn a_star_inside_words_is_refused() {
    for text in ["*", "*wire", "na*no", "\"sample *\""] {
        assert_problem(text, text, QueryProblem::StarInsideWords);
    }
}

#[test]
fn an_unknown_field_is_answered_with_the_nearest_name() {
    let unknown =
        |name: &str, nearest| QueryProblem::UnknownField { name: name.to_owned(), nearest };
    assert_problem("a Detecotr:SE", "Detecotr", unknown("Detecotr", Some("detector")));
    assert_problem(
        "magnificaton:5",
        "magnificaton",
        unknown("magnificaton", Some("magnification")),
    );
    assert_problem("https://a", "https", unknown("https", None));
    assert_problem(":a", "", QueryProblem::MissingFieldName);
    assert!(error("Detecotr:SE").to_string().contains("did you mean detector?"));
}

#[test]
fn a_missing_value_is_found_where_it_should_stand() {
    for (text, at) in [("kv:", 3), ("kv: 5", 3), ("kv:5,", 5), ("kv:5, 10", 5), ("kv:,5", 3)] {
        let error = error(text);
        assert!(matches!(error.problem, QueryProblem::MissingValue { field: "kv", .. }), "{text}");
        assert_eq!(error.span, at..at, "{text}");
    }
    assert!(matches!(error("sample:\"\"").problem, QueryProblem::MissingValue { .. }));
}

#[test]
fn only_the_wrong_alternative_is_marked() {
    assert_problem("kv:5,10..2", "10..2", QueryProblem::ReversedRange);
    assert_problem("kv:5,\"10..2\"", "\"10..2\"", QueryProblem::ReversedRange);
    assert_problem("date:2024,..", "..", QueryProblem::RangeWithoutEnds);
    let no_such_date = QueryProblem::NoSuchDate { value: "2023-02-30".to_owned() };
    assert_problem("labelled:<2023-02-30", "<2023-02-30", no_such_date);
}

#[test]
fn an_unknown_choice_is_answered_with_the_nearest_and_all() {
    for (text, nearest) in [
        ("is:labeled", Some("labelled")),
        ("is:none_of_these", Some("none-of-these")),
        ("source:accepted-prediction", Some("accepted_prediction")),
        ("has:notes", Some("note")),
        ("is:nice", None),
        ("has:folder", None),
        ("source:unknown", None),
    ] {
        let problem = error(text).problem;
        let QueryProblem::UnknownChoice { nearest: found, choices, .. } = &problem else {
            panic!("{text}: {problem}")
        };
        assert_eq!(*found, nearest, "{text}");
        let message = problem.to_string();
        assert!(choices.iter().all(|choice| message.contains(choice)), "{message}");
    }
}
