//! What input schemas demand beyond Rust types.

use super::json_text;
use super::types::Ty;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::schema::{Schema, Type};
use crate::source::{Cursor, Data};

/// What a schema demands of a value.
#[derive(Debug, Default)]
pub struct Constraint {
    /// Of the value itself: the name of the demand and its argument.
    pub limits: Vec<(&'static str, Argument)>,
    /// Of its members.
    pub properties: Vec<(String, Constraint)>,
    /// Of its items.
    pub items: Option<Box<Constraint>>,
}

/// The argument of a demand.
#[derive(Debug)]
pub enum Argument {
    /// None.
    Nothing,
    /// A size.
    Size(u64),
    /// A text, such as a number as it is written.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

impl Constraint {
    /// Whether nothing is demanded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.properties.is_empty() && self.items.is_none()
    }
}

/// Keywords whose argument is a number.
const NUMBERS: [(&str, &str); 5] = [
    ("minimum", "Minimum"),
    ("maximum", "Maximum"),
    ("exclusiveMinimum", "ExclusiveMinimum"),
    ("exclusiveMaximum", "ExclusiveMaximum"),
    ("multipleOf", "MultipleOf"),
];

/// Keywords whose argument is a size.
const SIZES: [(&str, &str); 6] = [
    ("minLength", "MinLength"),
    ("maxLength", "MaxLength"),
    ("minItems", "MinItems"),
    ("maxItems", "MaxItems"),
    ("minProperties", "MinProperties"),
    ("maxProperties", "MaxProperties"),
];

/// Keywords that are not checked; that they are not is said.
const UNCHECKED: [&str; 12] = [
    "pattern",
    "not",
    "if",
    "contains",
    "oneOf",
    "anyOf",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "patternProperties",
    "prefixItems",
    "unevaluatedProperties",
];

/// How deep schemas are followed that may contain themselves.
const DEPTH: usize = 12;

/// The demands of an input's schema; `ty` is what its Rust type already guarantees.
pub fn constraint(schema: Schema<'_>, ty: &Ty, diagnostics: &mut Diagnostics) -> Constraint {
    collect(schema, matches!(ty, Ty::Json), 0, diagnostics)
}

fn collect(schema: Schema<'_>, untyped: bool, depth: usize, diagnostics: &mut Diagnostics) -> Constraint {
    let mut found = Constraint::default();
    if depth > DEPTH {
        return found;
    }
    for part in schema.parts() {
        for (keyword, name) in NUMBERS {
            if let Some(Data::Number(text)) = part.at.get(keyword).map(|at| &at.node().data) {
                found.limits.push((name, Argument::Text(text.to_string())));
            }
        }
        for (keyword, name) in SIZES {
            if let Some(size) = part
                .at
                .get(keyword)
                .and_then(Cursor::scalar_text)
                .and_then(|text| text.parse().ok())
            {
                found.limits.push((name, Argument::Size(size)));
            }
        }
        if part.at.get("uniqueItems").and_then(Cursor::as_bool) == Some(true) {
            found.limits.push(("UniqueItems", Argument::Nothing));
        }
        unchecked(part, diagnostics);
    }
    let types = schema.types();
    if untyped && !types.is_empty() {
        let all = [
            Type::Null,
            Type::Boolean,
            Type::Integer,
            Type::Number,
            Type::String,
            Type::Array,
            Type::Object,
        ];
        let words = all
            .into_iter()
            .filter(|kind| types.allows(*kind))
            .map(|kind| kind.word().to_owned());
        found.limits.push(("Types", Argument::Texts(words.collect())));
    }
    // An enumeration of strings is a Rust enum already.
    let values = schema
        .enumeration()
        .filter(|values| values.iter().any(|value| value.as_str().is_none()));
    if let Some(values) = values {
        found.limits.push((
            "Enumeration",
            Argument::Texts(values.into_iter().map(json_text).collect()),
        ));
    }
    if untyped {
        for name in schema.required().into_iter().filter_map(Cursor::as_str) {
            found.limits.push(("Required", Argument::Text(name.to_owned())));
        }
    }
    for (name, ..) in schema.properties() {
        let Some(property) = schema.property(name) else {
            continue;
        };
        let inner = collect(property, untyped, depth + 1, diagnostics);
        if !inner.is_empty() {
            found.properties.push((name.to_owned(), inner));
        }
    }
    if let Some(item) = schema.item(None) {
        let inner = collect(item, untyped, depth + 1, diagnostics);
        if !inner.is_empty() {
            found.items = Some(Box::new(inner));
        }
    }
    found
}

/// `constraint-unchecked`: what is not checked must not look as if it were.
fn unchecked(part: Schema<'_>, diagnostics: &mut Diagnostics) {
    for entry in part.at.members().filter(|entry| UNCHECKED.contains(&entry.key)) {
        // `anyOf: [T, null]` is a type, not a constraint.
        let nullable = matches!(entry.key, "oneOf" | "anyOf")
            && entry
                .value
                .items()
                .any(|item| item.get("type").and_then(Cursor::as_str) == Some("null"));
        if nullable && entry.value.items().len() == 2 {
            continue;
        }
        let message = format!("the constraint `{}` on an input is not checked", entry.key);
        diagnostics.push(
            Diagnostic::new(&rule::CONSTRAINT_UNCHECKED, entry.key_span, message)
                .help("the API will check the value; nothing does before"),
        );
    }
}
