//! Outputs of a step: checking and storing values.

use crate::error::{ErrorKind, Place};
use crate::json::data::{self, Data};
use crate::json::datum::Datum;
use crate::json::fault::Fault;
use crate::json::slot::Slot;
use crate::wire::failure::Failure;

/// An output: its type, and what messages need.
#[derive(Debug)]
pub struct Output {
    /// The name of the output.
    pub name: &'static str,
    /// The expression of the output.
    pub expression: &'static str,
    /// The type of its schema for messages, such as `a string`.
    pub expected: &'static str,
    /// Whether the output is required.
    pub required: bool,
    /// Checks that a JSON text has the type of the output.
    pub check: fn(&str) -> Result<(), Fault>,
    /// The line of the expression in the document.
    pub line: u32,
    /// The column of the expression in the document.
    pub column: u32,
}

/// Describes an output that is a string.
#[must_use]
pub const fn text(name: &'static str, expression: &'static str, line: u32, column: u32) -> Output {
    Output {
        name,
        expression,
        expected: "a string",
        required: true,
        check: is_string,
        line,
        column,
    }
}

impl Output {
    /// Describes the outputs or the inputs of a called workflow as a whole.
    #[must_use]
    pub const fn whole(name: &'static str) -> Self {
        Self {
            name,
            expression: name,
            expected: "a value",
            required: false,
            check: |_| Ok(()),
            line: 0,
            column: 0,
        }
    }
}

/// Checks that a JSON text is a string. Most outputs are strings, and most strings have no escapes.
pub(super) fn is_string(json: &str) -> Result<(), Fault> {
    if json.starts_with('"') && memchr::memchr(b'\\', json.as_bytes()).is_none() {
        return Ok(());
    }
    check::<String>(json)
}

/// Checks that a JSON text has the type `T`.
///
/// # Errors
/// The value has a different type.
pub fn check<T: Data>(json: &str) -> Result<(), Fault> {
    T::check(&data::datum(json)?, data::LEVELS)
}

/// Returns a value as an output, and checks its type.
///
/// # Errors
/// The value violates its schema, or is required and absent.
pub fn keep_datum(value: Option<&Datum<'_>>, output: &Output) -> Result<Option<Slot>, Failure> {
    let text = value.map(Datum::to_json);
    keep(text.as_deref(), output.required, output, None)
}

pub(super) fn keep(
    text: Option<&str>,
    required: bool,
    output: &Output,
    problem: Option<&str>,
) -> Result<Option<Slot>, Failure> {
    let Some(text) = text else {
        return if required {
            Err(missing(output, problem))
        } else {
            Ok(None)
        };
    };
    // An optional value may be null, which is not the same as absent.
    if text == "null" && !required {
        return Ok(Some(Slot::new(text)));
    }
    match (output.check)(text) {
        Ok(()) => Ok(Some(Slot::new(text))),
        Err(fault) => Err(unfit(output, fault, problem)),
    }
}

pub(super) fn at_output(output: &Output, message: String) -> Failure {
    Failure {
        place: Some(Place {
            line: output.line,
            column: output.column,
        }),
        ..Failure::new(ErrorKind::Response, message)
    }
}

pub(super) fn missing(output: &Output, problem: Option<&str>) -> Failure {
    let why = problem.map_or_else(String::new, |problem| format!("; {problem}"));
    at_output(
        output,
        format!(
            "output `{}` is missing: `{}` should be {}, found nothing{why}",
            output.name, output.expression, output.expected
        ),
    )
}

/// Creates the failure for a value that violates its schema.
pub(super) fn unfit(output: &Output, fault: Fault, problem: Option<&str>) -> Failure {
    let Fault {
        pointer,
        expected,
        found,
    } = fault;
    let place = match (pointer.as_str(), output.expression.contains('#')) {
        ("", _) => format!("`{}`", output.expression),
        (_, true) => format!("`{}{pointer}`", output.expression),
        (_, false) => format!("`{}#{pointer}`", output.expression),
    };
    let why = problem.map_or_else(String::new, |problem| format!("; {problem}"));
    at_output(
        output,
        format!(
            "output `{}` violates its schema: {place} should be {expected}, found {found}{why}",
            output.name
        ),
    )
}
