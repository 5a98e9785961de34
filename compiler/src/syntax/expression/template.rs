//! Text with expressions in braces.

use super::{Expression, Mistake, SyntaxError, has_known_root, looks_like_expression, parse_in};

/// A piece of a string that embeds expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// `{expression}`, with the byte range of the expression without its braces.
    Expression(Expression),
}

/// Splits a string at its embedded expressions. A `{` that is not followed by `$` and a letter is text, and so are
/// braces that are not closed.
///
/// # Errors
/// An embedding that is meant as an expression (`{$` and a letter) but does not follow the grammar.
pub fn template(text: &str) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    split(text, has_known_root)
}

/// The same, but reads every embedding with an unknown root as text.
///
/// # Errors
/// An embedding that has a known root but is not a valid expression.
pub fn template_of_known(text: &str) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    split(text, |_| false)
}

pub(super) fn split(text: &str, is_meant: impl Fn(&str) -> bool) -> Result<Vec<Piece>, Vec<SyntaxError>> {
    let mut pieces = Vec::new();
    let mut errors = Vec::new();
    let mut literal = String::new();
    let mut position = 0;
    while let Some(open) = text[position..].find("{$").map(|found| position + found) {
        let close = text[open..].find('}').map(|found| open + found);
        let inner = open + 1..close.unwrap_or(text.len());
        literal.push_str(&text[position..open]);
        let (Some(close), true) = (close, looks_like_expression(&text[inner.clone()])) else {
            literal.push_str(&text[open..open + 2]);
            position = open + 2;
            continue;
        };
        match parse_in(text, inner.clone()) {
            Ok(expression) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Expression(expression));
            }
            Err(error) if error.kind == Mistake::UnknownRoot && !is_meant(&text[inner.clone()]) => {
                literal.push_str(&text[open..=close]);
            }
            Err(error) => errors.push(error),
        }
        position = close + 1;
    }
    literal.push_str(&text[position..]);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    if errors.is_empty() { Ok(pieces) } else { Err(errors) }
}
