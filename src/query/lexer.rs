//! Takes a query apart into words, values and signs.

use std::ops::Range;

use super::quoting::{RawValue, closing_mark};
use super::{QueryError, QueryProblem};

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind<'a> {
    And,
    Or,
    Not,
    /// `-` before a term.
    Minus,
    Term(RawTerm<'a>),
}

/// A term without its sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RawTerm<'a> {
    Text(RawValue<'a>),
    /// `name:value,value`; at least one value. Name and values may be empty.
    Field {
        name: RawValue<'a>,
        values: Vec<RawValue<'a>>,
    },
}

/// Whether a word, standing alone, joins or negates terms. In capitals only.
pub(super) fn is_operator(word: &str) -> bool {
    operator(word).is_some()
}

/// The pieces of a query in their order.
pub(super) fn tokens(query: &str) -> Result<Vec<Token<'_>>, QueryError> {
    let mut lexer = Lexer { query, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.take_while(char::is_whitespace);
        let start = lexer.at;
        let Some(first) = lexer.next_char() else {
            return Ok(tokens);
        };
        let kind = lexer.token(first)?;
        tokens.push(Token { kind, span: start..lexer.at });
    }
}

fn operator(word: &str) -> Option<TokenKind<'static>> {
    match word {
        "AND" => Some(TokenKind::And),
        "OR" => Some(TokenKind::Or),
        "NOT" => Some(TokenKind::Not),
        _ => None,
    }
}

struct Lexer<'a> {
    query: &'a str,
    /// How far it is read, in bytes.
    at: usize,
}

impl<'a> Lexer<'a> {
    /// Reads the token that begins with this character, which is not read yet.
    fn token(&mut self, first: char) -> Result<TokenKind<'a>, QueryError> {
        match first {
            '-' => {
                self.at += first.len_utf8();
                Ok(TokenKind::Minus)
            }
            '"' => {
                let text = self.quoted_value()?;
                self.expect_end_of_value(text, None)?;
                Ok(TokenKind::Term(RawTerm::Text(text)))
            }
            _ => self.word_or_field(),
        }
    }

    fn word_or_field(&mut self) -> Result<TokenKind<'a>, QueryError> {
        let word = self.bare_value(':');
        if self.next_char() == Some(':') {
            return self.field(word);
        }
        self.expect_end_of_value(word, None)?;
        Ok(operator(word.source).unwrap_or(TokenKind::Term(RawTerm::Text(word))))
    }

    /// Reads the values of a field from the colon on.
    fn field(&mut self, name: RawValue<'a>) -> Result<TokenKind<'a>, QueryError> {
        let mut values = Vec::new();
        // Colon and comma are one byte each.
        while values.is_empty() || self.next_char() == Some(',') {
            self.at += 1;
            let value = match self.next_char() {
                Some('"') => self.quoted_value()?,
                _ => self.bare_value(','),
            };
            self.expect_end_of_value(value, Some(','))?;
            values.push(value);
        }
        Ok(TokenKind::Term(RawTerm::Field { name, values }))
    }

    /// Reads to white space or to a sign that ends a value or cannot be in one.
    fn bare_value(&mut self, end: char) -> RawValue<'a> {
        let start = self.at;
        let belongs = |c: char| !c.is_whitespace() && c != end && !matches!(c, '"' | '(' | ')');
        RawValue { source: self.take_while(belongs), is_quoted: false, start }
    }

    fn quoted_value(&mut self) -> Result<RawValue<'a>, QueryError> {
        let start = self.at;
        let inside = &self.query[start + 1..];
        let length = closing_mark(inside)
            .ok_or_else(|| QueryProblem::UnclosedQuote.at(start..self.query.len()))?;
        let value = RawValue { source: &inside[..length], is_quoted: true, start };
        self.at = value.span().end;
        Ok(value)
    }

    /// After a value there is white space, or the end of the query, or the separator.
    fn expect_end_of_value(
        &self,
        value: RawValue<'_>,
        separator: Option<char>,
    ) -> Result<(), QueryError> {
        let Some(next) = self.next_char() else {
            return Ok(());
        };
        if next.is_whitespace() || Some(next) == separator {
            return Ok(());
        }
        let problem = match next {
            '(' | ')' => QueryProblem::Parenthesis,
            _ if value.is_quoted => QueryProblem::TextAfterQuote,
            _ => QueryProblem::QuoteInsideWord,
        };
        Err(problem.at(self.at..self.at + next.len_utf8()))
    }

    fn next_char(&self) -> Option<char> {
        self.query[self.at..].chars().next()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.query[self.at..];
        let taken = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }
}
