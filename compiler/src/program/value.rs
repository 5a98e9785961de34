//! Values and tests, generic over what their expressions refer to.
//!
//! The references of a program are `Reference`s, which name the definition. The references of a plan are `Read`s, which
//! say what generated code reads. Both have the same values: [`Value::map`] converts between them, and [`Value::visit`]
//! visits every reference.

pub use crate::engine::Engine;
use crate::source::Span;
use crate::syntax::condition::Operator;

/// A value that a run computes.
#[derive(Clone, Debug)]
pub struct Value<R> {
    /// The location of the value.
    pub span: Span,
    /// The kind of the value.
    pub kind: ValueKind<R>,
}

/// The kind of a [`Value`].
#[derive(Clone, Debug)]
pub enum ValueKind<R> {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number in JSON spelling.
    Number(String),
    /// A string.
    Text(String),
    /// The value of an expression, with its type.
    Reference(R),
    /// The result of a query.
    Selection(Box<Selection<R>>),
    /// The number of items of an array.
    Length(R),
    /// A string that contains expressions.
    Template(Vec<Segment<R>>),
    /// The text of a form, in which values are percent-encoded.
    FormText(Vec<Segment<R>>),
    /// JSON that is written as text and contains expressions.
    JsonText(Vec<JsonPiece<R>>),
    /// An array.
    Array(Vec<Value<R>>),
    /// An object in document order.
    Object(Vec<(String, Value<R>)>),
    /// An error that was reported. It does not occur in a plan.
    Invalid,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Segment<R> {
    /// Literal text.
    Text(String),
    /// A value as text.
    Reference(R),
}

/// A piece of JSON text.
#[derive(Clone, Debug)]
pub enum JsonPiece<R> {
    /// Literal text.
    Text(String),
    /// A value inside a string literal: its text, escaped for the literal.
    Quoted(R),
    /// A value outside: its text, unchanged.
    Bare(R),
}

/// A query. It can contain expressions if it is a condition.
#[derive(Clone, Debug)]
pub struct Query<R> {
    /// Its engine.
    pub engine: Engine,
    /// Its text.
    pub pieces: Vec<QueryPiece<R>>,
}

/// A piece of a query.
#[derive(Clone, Debug)]
pub enum QueryPiece<R> {
    /// Literal text.
    Text(String),
    /// A string literal that contains values, and its quote.
    Literal(char, Vec<Segment<R>>),
    /// A value outside of string literals.
    Bare(R),
    /// A value as a literal of the language: a string with its quotes.
    Value(R),
}

/// A query that selects something from a value.
#[derive(Clone, Debug)]
pub struct Selection<R> {
    /// Its engine.
    pub engine: Engine,
    /// The value that it selects from.
    pub context: R,
    /// Its text.
    pub query: String,
}

/// The test of a criterion.
#[derive(Clone, Debug)]
pub enum Test<R> {
    /// At least one passes.
    Or(Vec<Test<R>>),
    /// All pass.
    And(Vec<Test<R>>),
    /// It does not pass.
    Not(Box<Test<R>>),
    /// A comparison of two values.
    Compare(Value<R>, Operator, Value<R>),
    /// A value is `true`.
    Truthy(Value<R>),
    /// A query selects a value.
    Present(Value<R>),
    /// A value is JSON and not null.
    Json(Value<R>),
    /// A pattern is found in the text of a value.
    Regex(Value<R>, Vec<Segment<R>>),
    /// A query selects something from a value, or has the effective boolean value true.
    Query(Value<R>, Query<R>),
    /// An error that was reported. It does not occur in a plan.
    Invalid,
}

impl<R> Value<R> {
    /// Converts the references of the value. Returns `None` if a reference has no counterpart, or an error was
    /// reported.
    pub fn map<S>(&self, of: &mut impl FnMut(&R) -> Option<S>) -> Option<Value<S>> {
        Some(Value {
            span: self.span,
            kind: match &self.kind {
                ValueKind::Null => ValueKind::Null,
                ValueKind::Bool(value) => ValueKind::Bool(*value),
                ValueKind::Number(text) => ValueKind::Number(text.clone()),
                ValueKind::Text(text) => ValueKind::Text(text.clone()),
                ValueKind::Reference(reference) => ValueKind::Reference(of(reference)?),
                ValueKind::Length(reference) => ValueKind::Length(of(reference)?),
                ValueKind::Selection(selection) => ValueKind::Selection(Box::new(Selection {
                    engine: selection.engine,
                    context: of(&selection.context)?,
                    query: selection.query.clone(),
                })),
                ValueKind::Template(parts) => ValueKind::Template(all(parts, |part| part.map(of))?),
                ValueKind::FormText(parts) => ValueKind::FormText(all(parts, |part| part.map(of))?),
                ValueKind::JsonText(pieces) => ValueKind::JsonText(all(pieces, |piece| piece.map(of))?),
                ValueKind::Array(items) => ValueKind::Array(all(items, |item| item.map(of))?),
                ValueKind::Object(members) => {
                    ValueKind::Object(all(members, |(name, value)| Some((name.clone(), value.map(of)?)))?)
                }
                ValueKind::Invalid => return None,
            },
        })
    }

    /// Visits every reference, in the order of the text.
    pub fn visit<'v>(&'v self, see: &mut impl FnMut(&'v R)) {
        match &self.kind {
            ValueKind::Reference(reference) | ValueKind::Length(reference) => see(reference),
            ValueKind::Selection(selection) => see(&selection.context),
            ValueKind::Template(parts) | ValueKind::FormText(parts) => visit_segments(parts, see),
            ValueKind::JsonText(pieces) => pieces.iter().for_each(|piece| match piece {
                JsonPiece::Quoted(reference) | JsonPiece::Bare(reference) => see(reference),
                JsonPiece::Text(_) => {}
            }),
            ValueKind::Array(items) => items.iter().for_each(|item| item.visit(see)),
            ValueKind::Object(members) => members.iter().for_each(|(_, value)| value.visit(see)),
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Invalid => {}
        }
    }

    /// Returns all references.
    pub fn references(&self) -> Vec<&R> {
        let mut found = Vec::new();
        self.visit(&mut |reference| found.push(reference));
        found
    }

    /// Returns a scalar without references as JSON.
    pub fn literal(&self) -> Option<String> {
        match &self.kind {
            ValueKind::Null => Some("null".to_owned()),
            ValueKind::Bool(value) => Some(value.to_string()),
            ValueKind::Number(text) => Some(text.clone()),
            ValueKind::Text(text) => Some(quote_json(text)),
            _ => None,
        }
    }
}

impl<R> Segment<R> {
    fn map<S>(&self, of: &mut impl FnMut(&R) -> Option<S>) -> Option<Segment<S>> {
        Some(match self {
            Self::Text(text) => Segment::Text(text.clone()),
            Self::Reference(reference) => Segment::Reference(of(reference)?),
        })
    }
}

impl<R> JsonPiece<R> {
    fn map<S>(&self, of: &mut impl FnMut(&R) -> Option<S>) -> Option<JsonPiece<S>> {
        Some(match self {
            Self::Text(text) => JsonPiece::Text(text.clone()),
            Self::Quoted(reference) => JsonPiece::Quoted(of(reference)?),
            Self::Bare(reference) => JsonPiece::Bare(of(reference)?),
        })
    }
}

impl<R> QueryPiece<R> {
    fn map<S>(&self, of: &mut impl FnMut(&R) -> Option<S>) -> Option<QueryPiece<S>> {
        Some(match self {
            Self::Text(text) => QueryPiece::Text(text.clone()),
            Self::Literal(quote, parts) => QueryPiece::Literal(*quote, all(parts, |part| part.map(of))?),
            Self::Bare(reference) => QueryPiece::Bare(of(reference)?),
            Self::Value(reference) => QueryPiece::Value(of(reference)?),
        })
    }
}

impl<R> Test<R> {
    /// Converts the references of the test. Returns `None` if a reference has no counterpart, or an error was reported.
    pub fn map<S>(&self, of: &mut impl FnMut(&R) -> Option<S>) -> Option<Test<S>> {
        Some(match self {
            Self::Or(parts) => Test::Or(all(parts, |part| part.map(of))?),
            Self::And(parts) => Test::And(all(parts, |part| part.map(of))?),
            Self::Not(inner) => Test::Not(Box::new(inner.map(of)?)),
            Self::Compare(left, operator, right) => Test::Compare(left.map(of)?, *operator, right.map(of)?),
            Self::Truthy(value) => Test::Truthy(value.map(of)?),
            Self::Present(value) => Test::Present(value.map(of)?),
            Self::Json(value) => Test::Json(value.map(of)?),
            Self::Regex(value, pattern) => Test::Regex(value.map(of)?, all(pattern, |part| part.map(of))?),
            Self::Query(value, query) => {
                let (engine, value) = (query.engine, value.map(of)?);
                let pieces = all(&query.pieces, |piece| piece.map(of))?;
                Test::Query(value, Query { engine, pieces })
            }
            Self::Invalid => return None,
        })
    }

    /// Visits every reference, in the order of the text.
    pub fn visit<'t>(&'t self, see: &mut impl FnMut(&'t R)) {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Not(inner) => inner.visit(see),
            Self::Compare(left, _, right) => {
                left.visit(see);
                right.visit(see);
            }
            Self::Truthy(value) | Self::Present(value) | Self::Json(value) => value.visit(see),
            Self::Regex(value, pattern) => {
                value.visit(see);
                visit_segments(pattern, see);
            }
            Self::Query(value, query) => {
                value.visit(see);
                for piece in &query.pieces {
                    match piece {
                        QueryPiece::Text(_) => {}
                        QueryPiece::Bare(reference) | QueryPiece::Value(reference) => see(reference),
                        QueryPiece::Literal(_, parts) => visit_segments(parts, see),
                    }
                }
            }
            Self::Invalid => {}
        }
    }
}

fn visit_segments<'s, R>(parts: &'s [Segment<R>], see: &mut impl FnMut(&'s R)) {
    for part in parts {
        if let Segment::Reference(reference) = part {
            see(reference);
        }
    }
}

fn all<T, S>(list: &[T], of: impl FnMut(&T) -> Option<S>) -> Option<Vec<S>> {
    list.iter().map(of).collect()
}

/// Writes a JSON string literal.
#[must_use]
pub fn quote_json(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if (control as u32) < 0x20 => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
