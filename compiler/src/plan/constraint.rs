//! Constraints of input schemas beyond Rust types (JSON Schema 2020-12).

use super::json_text;
use super::types::Ty;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::schema::{Schema, Type};
use crate::source::{Cursor, Data, Entry};

/// The constraints of a schema.
#[derive(Clone, Debug, Default)]
pub struct Constraint {
    /// Constraints of the value itself: name and argument.
    pub limits: Vec<(&'static str, Argument)>,
    /// Constraints of its members.
    pub properties: Vec<(String, Constraint)>,
    /// Constraints of its items, except those in `prefixItems`.
    pub items: Option<Box<Constraint>>,
    /// Schemas that are applied to the same value or to parts of it: the name of the constraint, its argument, and the
    /// schemas.
    pub applied: Vec<(&'static str, Argument, Vec<Constraint>)>,
}

/// The argument of a constraint.
#[derive(Clone, Debug)]
pub enum Argument {
    /// No argument.
    Nothing,
    /// A size.
    Size(u64),
    /// The minimum and the maximum.
    Range(u64, u64),
    /// A text, such as a number as written.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

impl Constraint {
    /// Returns whether there are no constraints.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.properties.is_empty() && self.items.is_none() && self.applied.is_empty()
    }

    /// The constraint of the schema `false`, which no value satisfies.
    fn never() -> Self {
        Self {
            limits: vec![("Types", Argument::Texts(Vec::new()))],
            ..Self::default()
        }
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

/// Maximum number of schemas in one input. A schema that contains itself has no end.
const SCHEMAS: usize = 400;

/// Maximum depth to which recursive schemas are followed.
const DEPTH: usize = 12;

/// Returns the constraints of an input's schema beyond its Rust type `ty`. `at` is the location where the input is
/// declared.
pub fn constraint(at: Cursor<'_>, schema: Schema<'_>, ty: &Ty, diagnostics: &mut Diagnostics) -> Constraint {
    let mut collector = Collector {
        left: SCHEMAS,
        diagnostics,
    };
    let found = collector.schema(schema, matches!(ty, Ty::Json), 0);
    if collector.left == 0 {
        let message = "the schema of this input is too large to be checked completely";
        diagnostics.push(
            Diagnostic::new(&rule::CONSTRAINT_UNCHECKED, at.span(), message)
                .help("the value is not checked before it is sent to the API"),
        );
    }
    found
}

struct Collector<'d> {
    left: usize,
    diagnostics: &'d mut Diagnostics,
}

impl Collector<'_> {
    /// A schema inside another one, which may be `true` or `false`.
    fn child(&mut self, at: Cursor<'_>, of: Schema<'_>, untyped: bool, depth: usize) -> Constraint {
        if at.as_bool() == Some(false) {
            return Constraint::never();
        }
        let Some(schema) = of.child(at).filter(|schema| schema.at.is_object()) else {
            return Constraint::default();
        };
        self.schema(schema, untyped, depth + 1)
    }

    fn schema(&mut self, schema: Schema<'_>, untyped: bool, depth: usize) -> Constraint {
        let mut found = Constraint::default();
        if depth > DEPTH || self.left == 0 {
            self.left = 0;
            return found;
        }
        self.left -= 1;
        for part in schema.parts() {
            limits(part, &mut found);
            self.applied(part, &mut found, depth);
        }
        let types = schema.types();
        if untyped && !types.is_empty() {
            let words = Type::ALL
                .into_iter()
                .filter(|kind| types.allows(*kind))
                .map(|kind| kind.word().to_owned());
            found.limits.push(("Types", Argument::Texts(words.collect())));
        }
        // An enumeration of strings is already a Rust enum.
        let values = schema
            .enumeration()
            .filter(|values| untyped || values.iter().any(|value| value.as_str().is_none()));
        if let Some(values) = values {
            let values = values.into_iter().map(json_text).collect();
            found.limits.push(("Enumeration", Argument::Texts(values)));
        }
        if untyped {
            for name in schema.required().into_iter().filter_map(Cursor::as_str) {
                found.limits.push(("Required", Argument::Text(name.to_owned())));
            }
        }
        for (name, _, at) in schema.properties() {
            let inner = self.child(at, schema, untyped, depth);
            if !inner.is_empty() {
                found.properties.push((name.to_owned(), inner));
            }
        }
        let items = schema.parts().into_iter().find_map(|part| part.at.get("items"));
        if let Some(at) = items.filter(|items| items.is_object() || items.as_bool().is_some()) {
            let inner = self.child(at, schema, untyped, depth);
            if !inner.is_empty() {
                found.items = Some(Box::new(inner));
            }
        }
        found
    }

    /// Keywords that apply schemas. In a choice between schemas, the types are part of the choice.
    fn applied(&mut self, part: Schema<'_>, found: &mut Constraint, depth: usize) {
        for entry in part.at.members() {
            let (name, argument, schemas): (_, _, Vec<Cursor<'_>>) = match entry.key {
                "anyOf" => ("AnyOf", Argument::Nothing, entry.value.items().collect()),
                "oneOf" => ("OneOf", Argument::Nothing, entry.value.items().collect()),
                "not" => ("Not", Argument::Nothing, vec![entry.value]),
                "propertyNames" => ("PropertyNames", Argument::Nothing, vec![entry.value]),
                "contains" => {
                    let bound = |key: &str| part.at.get(key)?.scalar_text()?.parse().ok();
                    let range = Argument::Range(
                        bound("minContains").unwrap_or(1),
                        bound("maxContains").unwrap_or(u64::MAX),
                    );
                    ("Contains", range, vec![entry.value])
                }
                "prefixItems" => ("PrefixItems", Argument::Nothing, entry.value.items().collect()),
                "if" => {
                    self.condition(part, entry, found, depth);
                    continue;
                }
                "additionalProperties" if entry.value.as_bool() != Some(true) => {
                    let known = part.at.get("properties").into_iter().flat_map(Cursor::members);
                    let known = known.map(|entry| entry.key.to_owned()).collect();
                    if part.at.get("patternProperties").is_some() {
                        self.unchecked(entry, "");
                        continue;
                    }
                    ("Additional", Argument::Texts(known), vec![entry.value])
                }
                "dependentRequired" => {
                    for dependent in entry.value.members() {
                        let mut names = vec![dependent.key.to_owned()];
                        names.extend(dependent.value.items().filter_map(Cursor::as_str).map(str::to_owned));
                        found.limits.push(("Dependent", Argument::Texts(names)));
                    }
                    continue;
                }
                "dependentSchemas" => {
                    for dependent in entry.value.members() {
                        let inner = self.child(dependent.value, part, true, depth);
                        found
                            .applied
                            .push(("Dependent", Argument::Text(dependent.key.to_owned()), vec![inner]));
                    }
                    continue;
                }
                "pattern" | "patternProperties" if !self.diagnostics.engines.regex => {
                    self.unchecked(entry, " without the feature `regex` of `arazzo`");
                    continue;
                }
                "pattern" => {
                    if let Some(pattern) = entry.value.as_str() {
                        let compiled = self.regex_syntax(pattern, entry.value);
                        found.limits.push(("Pattern", Argument::Text(compiled)));
                    }
                    continue;
                }
                "patternProperties" => {
                    for property in entry.value.members() {
                        let compiled = self.regex_syntax(property.key, property.value);
                        let inner = self.child(property.value, part, true, depth);
                        found
                            .applied
                            .push(("PatternProperties", Argument::Text(compiled), vec![inner]));
                    }
                    continue;
                }
                "unevaluatedProperties" | "unevaluatedItems" | "$dynamicRef" => {
                    self.unchecked(entry, "");
                    continue;
                }
                _ => continue,
            };
            let schemas = schemas
                .into_iter()
                .map(|at| self.child(at, part, true, depth))
                .collect();
            found.applied.push((name, argument, schemas));
        }
    }

    fn condition(&mut self, part: Schema<'_>, condition: Entry<'_>, found: &mut Constraint, depth: usize) {
        let mut schemas = vec![self.child(condition.value, part, true, depth)];
        for key in ["then", "else"] {
            let branch = part.at.get(key).map(|at| self.child(at, part, true, depth));
            schemas.push(branch.unwrap_or_default());
        }
        found.applied.push(("If", Argument::Nothing, schemas));
    }

    fn regex_syntax(&mut self, pattern: &str, at: Cursor<'_>) -> String {
        crate::engine::pattern(pattern).unwrap_or_else(|refusal| {
            let reason = refusal.reason;
            let message = format!("the pattern `{pattern}` is not a valid regular expression (ECMA-262): {reason}");
            self.diagnostics
                .push(Diagnostic::new(&rule::REGEX_SYNTAX, at.span(), message).help_if(refusal.help));
            String::new()
        })
    }

    /// Reports `constraint-unchecked`: a constraint that is not checked must not appear to be checked.
    fn unchecked(&mut self, entry: Entry<'_>, why: &str) {
        let message = format!("the constraint `{}` on an input is not checked{why}", entry.key);
        self.diagnostics.push(
            Diagnostic::new(&rule::CONSTRAINT_UNCHECKED, entry.key_span, message)
                .help("the value is not checked before it is sent to the API"),
        );
    }
}

/// Keywords with one argument.
fn limits(part: Schema<'_>, found: &mut Constraint) {
    for (keyword, name) in NUMBERS {
        if let Some(Data::Number(text)) = part.at.get(keyword).map(|at| &at.node().data) {
            found.limits.push((name, Argument::Text(text.to_string())));
        }
    }
    for (keyword, name) in SIZES {
        let text = part.at.get(keyword).and_then(Cursor::scalar_text);
        if let Some(size) = text.and_then(|text| text.parse().ok()) {
            found.limits.push((name, Argument::Size(size)));
        }
    }
    if part.at.get("uniqueItems").and_then(Cursor::as_bool) == Some(true) {
        found.limits.push(("UniqueItems", Argument::Nothing));
    }
}
