//! Makes terms of the pieces of a query.

use super::lexer::{Token, TokenKind, tokens};
use super::value_reading::conditions;
use super::{Condition, QueryError, QueryProblem, Term};

/// The terms of a query.
pub(super) fn terms(query: &str) -> Result<Vec<Term>, QueryError> {
    let mut terms: Vec<Term> = Vec::new();
    let mut tokens = tokens(query)?.into_iter();
    while let Some(token) = tokens.next() {
        match &token.kind {
            TokenKind::And => return Err(QueryProblem::NeedlessAnd.at(token.span)),
            TokenKind::Or => add_alternatives(terms.last_mut(), &token, tokens.next())?,
            TokenKind::Not | TokenKind::Minus => {
                let any_of = excluded_conditions(&token, tokens.next())?;
                terms.push(Term { is_negated: true, any_of });
            }
            TokenKind::Term(term) => {
                terms.push(Term { is_negated: false, any_of: conditions(term)? });
            }
        }
    }
    Ok(terms)
}

/// Adds what stands after an `OR` to the term before it.
fn add_alternatives(
    before: Option<&mut Term>,
    or: &Token<'_>,
    after: Option<Token<'_>>,
) -> Result<(), QueryError> {
    let wrong = |problem: QueryProblem| Err(problem.at(or.span.clone()));
    let Some(before) = before else {
        return wrong(QueryProblem::OrWithoutTerm);
    };
    match after.map(|token| token.kind) {
        Some(TokenKind::Not | TokenKind::Minus) => wrong(QueryProblem::ExcludedAlternative),
        Some(TokenKind::Term(_)) if before.is_negated => wrong(QueryProblem::ExcludedAlternative),
        Some(TokenKind::Term(term)) => {
            before.any_of.extend(conditions(&term)?);
            Ok(())
        }
        Some(TokenKind::And | TokenKind::Or) | None => wrong(QueryProblem::OrWithoutTerm),
    }
}

/// What stands after a `NOT`, or right after a `-`.
fn excluded_conditions(
    sign: &Token<'_>,
    after: Option<Token<'_>>,
) -> Result<Vec<Condition>, QueryError> {
    match after {
        Some(Token { kind: TokenKind::Term(term), span })
            if sign.kind == TokenKind::Not || span.start == sign.span.end =>
        {
            conditions(&term)
        }
        _ => Err(QueryProblem::NothingToExclude.at(sign.span.clone())),
    }
}
