//! Rust source text as words and signs, without comments and literals, and the paths in it.

use std::iter::Peekable;
use std::str::Chars;

/// Keywords that can stand right before a path that begins with `::`.
const BEFORE_PATHS: [&str; 10] =
    ["use", "as", "dyn", "else", "for", "impl", "in", "match", "mut", "return"];

/// The words and signs of `source` in order; `::` is one sign.
pub fn tokens(source: &str) -> Vec<String> {
    let mut chars = source.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(first) = chars.next() {
        match (first, chars.peek()) {
            ('/', Some('/')) => skip_line(&mut chars),
            ('/', Some('*')) => skip_block_comment(&mut chars),
            ('"', _) => skip_string(&mut chars, None),
            ('\'', _) => skip_character(&mut chars),
            (':', Some(':')) => {
                chars.next();
                tokens.push("::".to_owned());
            }
            _ if is_in_word(first) => {
                let mut word = String::from(first);
                while let Some(next) = chars.next_if(|c| is_in_word(*c)) {
                    word.push(next);
                }
                if !skip_prefixed_string(&word, &mut chars) {
                    tokens.push(word);
                }
            }
            _ if first.is_whitespace() => {}
            _ => tokens.push(first.to_string()),
        }
    }
    tokens
}

/// The words at which a path begins: `a` in `a::b`, in `use a;` and in `extern crate a;`.
pub fn path_roots(tokens: &[String]) -> impl Iterator<Item = (usize, &str)> {
    tokens.iter().enumerate().filter_map(|(at, word)| {
        let before = at.checked_sub(1).map_or("", |before| &tokens[before]);
        let after = tokens.get(at + 1).map_or("", String::as_str);
        let is_name = word.chars().all(is_in_word) && !BEFORE_PATHS.contains(&word.as_str());
        let begins = is_name && before != "." && !continues_path(tokens, at);
        let is_root = begins && (after == "::" || matches!(before, "use" | "crate"));
        is_root.then_some((at, word.as_str()))
    })
}

/// Whether the word at `at` stands after a `::` that joins it to something before.
fn continues_path(tokens: &[String], at: usize) -> bool {
    let back = |steps| at.checked_sub(steps).map_or("", |at| tokens[at].as_str());
    let joins = |sign: &str| {
        !sign.is_empty() && sign.chars().all(is_in_word) && !BEFORE_PATHS.contains(&sign)
    };
    back(1) == "::" && (joins(back(2)) || back(2) == ">" && back(3) != "-")
}

/// The modules right below the crate's root that paths in a source text lead into.
///
/// `depth` is how many modules the text lies below the root: that many `super` lead there too.
pub fn modules_used(tokens: &[String], depth: usize) -> Vec<&str> {
    let mut modules = Vec::new();
    for (at, root) in path_roots(tokens) {
        let ups = tokens[at..].iter().step_by(2).take_while(|word| *word == "super").count();
        let leads_to_root = root == "crate" || ups >= depth.max(1);
        if leads_to_root {
            let steps = if root == "crate" { 1 } else { ups };
            modules.extend(names_at(&tokens[(at + 2 * steps).min(tokens.len())..]));
        }
    }
    modules
}

/// The modules that a `lib.rs` declares, in order.
pub fn declared_modules(tokens: &[String]) -> Vec<&str> {
    tokens
        .windows(3)
        .filter(|window| window[0] == "mod" && window[2] == ";")
        .map(|window| window[1].as_str())
        .collect()
}

/// `a` for `a::b`; `a` and `c` for `{a::b, c}`.
fn names_at(tokens: &[String]) -> Vec<&str> {
    let is_group = tokens.first().is_some_and(|sign| sign == "{");
    if !is_group {
        return tokens.first().map(String::as_str).into_iter().collect();
    }
    let (mut names, mut open) = (Vec::new(), 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => open += 1,
            "}" => open -= 1,
            _ if open == 1 && matches!(tokens[at - 1].as_str(), "{" | ",") => names.push(token),
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    names.into_iter().map(String::as_str).collect()
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn skip_line(chars: &mut Peekable<Chars<'_>>) {
    for _ in chars.by_ref().take_while(|c| *c != '\n') {}
}

fn skip_block_comment(chars: &mut Peekable<Chars<'_>>) {
    let mut open = 1;
    chars.next(); // the star
    while let (1.., Some(c)) = (open, chars.next()) {
        match (c, chars.peek()) {
            ('/', Some('*')) => open += 1,
            ('*', Some('/')) => open -= 1,
            _ => continue,
        }
        chars.next();
    }
}

/// Skips to the end of a string whose opening quote is read; `hashes` for a raw one.
fn skip_string(chars: &mut Peekable<Chars<'_>>, hashes: Option<usize>) {
    while let Some(c) = chars.next() {
        match (c, hashes) {
            ('\\', None) => {
                chars.next();
            }
            ('"', None) => return,
            ('"', Some(hashes)) => {
                let closing = (0..hashes).take_while(|_| chars.next_if_eq(&'#').is_some()).count();
                if closing == hashes {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// Skips the string that `prefix` (`b`, `r`, …) begins; false where it begins none.
fn skip_prefixed_string(prefix: &str, chars: &mut Peekable<Chars<'_>>) -> bool {
    let is_raw = matches!(prefix, "r" | "br" | "cr");
    if !is_raw && !matches!(prefix, "b" | "c") {
        return false;
    }
    let mut ahead = chars.clone();
    let mut hashes = 0;
    while is_raw && ahead.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if ahead.next() != Some('"') {
        return false;
    }
    *chars = ahead;
    skip_string(chars, is_raw.then_some(hashes));
    true
}

/// Skips a character literal; of a lifetime, only the quote is gone.
fn skip_character(chars: &mut Peekable<Chars<'_>>) {
    let mut ahead = chars.clone();
    match (ahead.next(), ahead.next()) {
        (Some('\\'), Some(_)) => {
            for _ in ahead.by_ref().take_while(|c| *c != '\'') {}
            *chars = ahead;
        }
        (Some(_), Some('\'')) => *chars = ahead,
        _ => {}
    }
}

#[test]
fn comments_and_literals_leave_no_words() {
    let source = r##"
        // use crate::gui;
        /* use crate::gui; /* nested */ still */
        let a = "crate::gui \" crate::gui"; let b = r#"crate::gui " "#; let c = b"crate::gui";
        let d = '"'; let e = '\''; fn f<'a>(x: &'a str) {} //! crate::gui
        crate::ops
    "##;
    assert_eq!(modules_used(&tokens(source), 1), ["ops"]);
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let used = |source: &str, depth| modules_used(&tokens(source), depth).join(" ");
    assert_eq!(used("use crate::ops::train;", 2), "ops");
    assert_eq!(used("use crate::{cache::Cache, ops::{self, train}, jobs};", 2), "cache ops jobs");
    assert_eq!(used("let x = crate::gui::open();", 1), "gui");
    assert_eq!(used("use super::gui;", 1), "gui");
    assert_eq!(used("use super::super::{gui, jobs};", 2), "gui jobs");
    assert_eq!(used("use super::sibling;", 2), "");
}

#[test]
fn a_crate_is_seen_where_its_path_begins() {
    let roots = |source: &str| {
        let tokens = tokens(source);
        path_roots(&tokens).map(|(_, root)| root.to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(roots("use anyhow as a;"), "anyhow");
    assert_eq!(roots("extern crate anyhow;"), "anyhow");
    assert_eq!(roots("fn f() -> ::anyhow::Result<()>"), "anyhow");
    assert_eq!(roots("use ::anyhow::Result;"), "anyhow");
    assert_eq!(roots("<T as Into<U>>::into::<V>()"), "");
    assert_eq!(roots("fn f() -> anyhow::Result<()>"), "anyhow");
    assert_eq!(roots("use self::hdf5::x;"), "self");
}
