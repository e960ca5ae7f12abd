//! How terms are put together.

use super::{condition, query};
use crate::query::{Condition, FreeText, Query};

/// Words that are written without quotation marks.
fn bare(words: &str) -> Condition {
    Condition::Text(FreeText { words: words.to_owned(), is_prefix: true })
}

fn quoted(words: &str) -> Condition {
    Condition::Text(FreeText { words: words.to_owned(), is_prefix: false })
}

/// For each term whether it is negated, and its alternatives.
fn shape(text: &str) -> Vec<(bool, Vec<Condition>)> {
    query(text).terms().iter().map(|term| (term.is_negated, term.any_of.clone())).collect()
}

#[test]
fn blank_text_has_no_terms() {
    for text in ["", "  \t\n "] {
        assert_eq!(query(text), Query::default());
    }
    assert_eq!(Query::default().terms(), []);
}

#[test]
fn terms_keep_their_order_whatever_white_space_is_between() {
    let expected = vec![(false, vec![bare("a")]), (false, vec![condition("kv:5")])];
    assert_eq!(shape("a kv:5"), expected);
    assert_eq!(shape("  a\t\n\u{a0}kv:5 "), expected);
}

#[test]
fn minus_and_not_negate_one_term() {
    let expected = vec![(true, vec![bare("a")]), (false, vec![bare("b")])];
    assert_eq!(shape("-a b"), expected);
    assert_eq!(shape("NOT a b"), expected);
    assert_eq!(shape("-kv:5"), [(true, vec![condition("kv:5")])]);
    assert_eq!(shape("-\"a b\""), [(true, vec![quoted("a b")])]);
}

#[test]
fn a_hyphen_inside_a_word_or_value_belongs_to_it() {
    assert_eq!(condition("in-lens"), bare("in-lens"));
    assert_eq!(condition("sample:-5").to_string(), "sample:-5");
}

#[test]
fn values_between_commas_are_alternatives() {
    let expected = vec![condition("kv:<5"), condition("kv:10"), condition("kv:unknown")];
    assert_eq!(shape("kv:<5,10,unknown"), [(false, expected.clone())]);
    assert_eq!(shape("-kv:<5,10,unknown"), [(true, expected)]);
    let quoted = vec![condition("category:\"a, b\""), condition("category:c")];
    assert_eq!(shape("category:\"a, b\",c"), [(false, quoted)]);
}

#[test]
fn or_joins_only_its_neighbours() {
    let joined = vec![bare("b"), condition("kv:5"), condition("kv:10"), bare("c")];
    assert_eq!(
        shape("a b OR kv:5,10 OR c d"),
        [(false, vec![bare("a")]), (false, joined), (false, vec![bare("d")])]
    );
}

#[test]
fn operators_are_words_in_small_letters_or_quotation_marks() {
    for word in ["or", "not"] {
        assert_eq!(condition(word), bare(word));
    }
    for word in ["AND", "OR", "NOT"] {
        assert_eq!(condition(&format!("\"{word}\"")), quoted(word));
    }
}

#[test]
fn words_in_a_row_are_one_condition() {
    assert_eq!(condition("\"sample 12\""), quoted("sample 12"));
    assert_eq!(condition("\"sample\""), quoted("sample"));
    assert_eq!(condition(r#""5\" \\wafer""#), quoted(r#"5" \wafer"#));
    assert_eq!(condition("a,b"), bare("a,b"));
}

#[test]
fn words_without_quotation_marks_or_with_a_star_are_beginnings() {
    for text in ["nano", "nano*", "nano**", "\"nano*\""] {
        assert_eq!(condition(text), bare("nano"));
    }
    assert_eq!(condition("\"sample 1*\""), bare("sample 1"));
    assert_eq!(condition(r#""nano\*""#), quoted("nano*"));
}
