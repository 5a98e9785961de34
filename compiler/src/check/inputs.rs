//! Rules about the schemas of inputs (JSON Schema 2020-12, which Arazzo uses for `inputs`).

use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document::Document;
use crate::source::{Cursor, Data, Entry};

const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// The type of value that a keyword has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Type,
    Names,
    Size,
    Number,
    PositiveNumber,
    Values,
    Text,
    Flag,
    Schema,
    Schemas,
    SchemaMap,
    NameLists,
}

/// Keywords that are checked (JSON Schema 2020-12, Core and Validation). Others are annotations or extensions.
const KEYWORDS: &[(&str, Holds)] = &[
    ("type", Holds::Type),
    ("required", Holds::Names),
    ("minLength", Holds::Size),
    ("maxLength", Holds::Size),
    ("minItems", Holds::Size),
    ("maxItems", Holds::Size),
    ("minProperties", Holds::Size),
    ("maxProperties", Holds::Size),
    ("minContains", Holds::Size),
    ("maxContains", Holds::Size),
    ("minimum", Holds::Number),
    ("maximum", Holds::Number),
    ("exclusiveMinimum", Holds::Number),
    ("exclusiveMaximum", Holds::Number),
    ("multipleOf", Holds::PositiveNumber),
    ("enum", Holds::Values),
    ("pattern", Holds::Text),
    ("format", Holds::Text),
    ("title", Holds::Text),
    ("description", Holds::Text),
    ("$ref", Holds::Text),
    ("uniqueItems", Holds::Flag),
    ("readOnly", Holds::Flag),
    ("writeOnly", Holds::Flag),
    ("deprecated", Holds::Flag),
    ("nullable", Holds::Flag),
    ("items", Holds::Schema),
    ("additionalProperties", Holds::Schema),
    ("propertyNames", Holds::Schema),
    ("contains", Holds::Schema),
    ("not", Holds::Schema),
    ("if", Holds::Schema),
    ("then", Holds::Schema),
    ("else", Holds::Schema),
    ("unevaluatedItems", Holds::Schema),
    ("unevaluatedProperties", Holds::Schema),
    ("allOf", Holds::Schemas),
    ("anyOf", Holds::Schemas),
    ("oneOf", Holds::Schemas),
    ("prefixItems", Holds::Schemas),
    ("properties", Holds::SchemaMap),
    ("patternProperties", Holds::SchemaMap),
    ("$defs", Holds::SchemaMap),
    ("dependentSchemas", Holds::SchemaMap),
    ("dependentRequired", Holds::NameLists),
];

/// Keywords in the schemas of inputs whose value has the wrong type.
pub(super) fn invalid_inputs_schema(document: &Document<'_>, diagnostics: &mut Diagnostics) {
    let own = document.workflows.iter().filter_map(|workflow| workflow.inputs);
    let shared = document.components.inputs.iter().map(|entry| entry.value);
    // A schema that is not an object is reported when it is resolved.
    let mut stack: Vec<Cursor<'_>> = own.chain(shared).filter(|at| at.is_object()).collect();
    stack.reverse();
    while let Some(at) = stack.pop() {
        for entry in at.members() {
            let Some((_, holds)) = KEYWORDS.iter().find(|(keyword, _)| *keyword == entry.key) else {
                continue;
            };
            if let Some(problem) = problem(entry, *holds) {
                diagnostics.push(problem);
            }
            match holds {
                Holds::Schema => stack.extend(Some(entry.value).filter(|at| at.is_object())),
                Holds::Schemas => stack.extend(entry.value.items().filter(|at| at.is_object())),
                Holds::SchemaMap => {
                    let schemas = entry.value.members().map(|entry| entry.value);
                    stack.extend(schemas.filter(|at| at.is_object()));
                }
                _ => {}
            }
        }
    }
}

fn problem(entry: Entry<'_>, holds: Holds) -> Option<Diagnostic> {
    let Entry { key, value, .. } = entry;
    let items = match &value.node().data {
        Data::Array(_) => Some(value.items()),
        _ => None,
    };
    let number = match &value.node().data {
        Data::Number(text) => text.parse::<f64>().ok(),
        _ => None,
    };
    match holds {
        Holds::Type => type_problem(key, value, items),
        Holds::Names => match items {
            None if value.as_bool().is_some() => {
                let help = "list the names of required inputs in `required` of the enclosing object";
                Some(wrong(key, value, "an array of names").help(help))
            }
            None => {
                let name = value.as_str().unwrap_or("NAME");
                Some(wrong(key, value, "an array of names").help(format!("write `{key}: [{name}]`")))
            }
            Some(mut items) => Some(wrong(
                key,
                items.find(|item| item.as_str().is_none())?,
                "an array of names",
            )),
        },
        Holds::Size => match number {
            Some(size) if size >= 0.0 && size.fract() == 0.0 => None,
            _ => Some(wrong(key, value, "an integer that is not negative")),
        },
        Holds::Number if number.is_some() => None,
        Holds::Number => Some(number_problem(key, value)),
        Holds::PositiveNumber => match number {
            Some(number) if number > 0.0 => None,
            _ => Some(wrong(key, value, "a number above zero")),
        },
        Holds::Values if items.is_some() => None,
        Holds::Values => {
            let written = value.scalar_text().unwrap_or("…");
            Some(wrong(key, value, "an array of values").help(format!("write `{key}: [{written}]`")))
        }
        Holds::Text if value.as_str().is_some() => None,
        Holds::Text => Some(wrong(key, value, "a string")),
        Holds::Flag if value.as_bool().is_some() => None,
        Holds::Flag => Some(wrong(key, value, "`true` or `false`")),
        Holds::Schema if is_schema(&value) => None,
        Holds::Schema => {
            let help = match (items, value.as_str()) {
                (Some(_), _) if key == "items" => Some("a list of schemas is `prefixItems`".to_owned()),
                (_, Some(name)) if TYPES.contains(&name) => Some(format!("write `{key}: {{ type: {name} }}`")),
                _ => None,
            };
            Some(wrong(key, value, "a schema").help_if(help))
        }
        Holds::Schemas => match items {
            Some(items) if items.len() > 0 => Some(wrong(
                key,
                items.into_iter().find(|at| !is_schema(at))?,
                "an array of schemas",
            )),
            _ => Some(wrong(key, value, "an array of schemas with at least one")),
        },
        Holds::SchemaMap if value.is_object() => schema_problem(value),
        Holds::SchemaMap => Some(wrong(key, value, "an object of schemas")),
        Holds::NameLists if value.is_object() => {
            let lists = value.members().map(|entry| entry.value);
            let is_list = |at: &Cursor<'_>| {
                matches!(at.node().data, Data::Array(_)) && at.items().all(|item| item.as_str().is_some())
            };
            Some(wrong(
                key,
                lists.into_iter().find(|at| !is_list(at))?,
                "an object of arrays of names",
            ))
        }
        Holds::NameLists => Some(wrong(key, value, "an object of arrays of names")),
    }
}

fn wrong(key: &str, at: Cursor<'_>, expected: &str) -> Diagnostic {
    let found = at
        .as_str()
        .map_or_else(|| at.kind().to_owned(), |text| format!("`{text}`"));
    let message = format!("`{key}` must be {expected}, found {found}");
    Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message)
}

fn is_schema(at: &Cursor<'_>) -> bool {
    at.is_object() || at.as_bool().is_some()
}

/// Reports a value that should be a number.
fn number_problem(key: &str, value: Cursor<'_>) -> Diagnostic {
    let written = value.as_str().filter(|text| text.parse::<f64>().is_ok());
    let help = match (written, value.as_bool()) {
        (Some(text), _) => Some(format!("write `{key}: {text}` without quotes")),
        (None, Some(true)) => Some(format!("write the limit: `{key}: 5`")),
        _ => None,
    };
    wrong(key, value, "a number").help_if(help)
}

/// Reports the name of a type that does not exist, alone or in an array.
fn type_problem<'a>(
    key: &str,
    value: Cursor<'a>,
    items: Option<impl Iterator<Item = Cursor<'a>>>,
) -> Option<Diagnostic> {
    let names: Vec<Cursor<'_>> = items.map_or_else(|| vec![value], Iterator::collect);
    let bad = names
        .into_iter()
        .find(|name| !name.as_str().is_some_and(|name| TYPES.contains(&name)))?;
    let meant = similar(bad.as_str().unwrap_or(""), TYPES);
    let help = meant.map_or_else(
        || format!("the types are {}", TYPES.map(|name| format!("`{name}`")).join(", ")),
        |name| format!("write `type: {name}`"),
    );
    Some(wrong(key, bad, "the name of a type").help(help))
}

/// Reports a member of an object of schemas that is not a schema.
fn schema_problem(value: Cursor<'_>) -> Option<Diagnostic> {
    let bad = value.members().find(|entry| !is_schema(&entry.value))?;
    let found = bad.value.as_str();
    let help = found.filter(|name| TYPES.contains(name));
    let help = help.map(|name| format!("write `{}: {{ type: {name} }}`", bad.key));
    let found = found.map_or_else(|| bad.value.kind().to_owned(), |text| format!("`{text}`"));
    let message = format!("`{}` must be a schema, found {found}", bad.key);
    Some(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, bad.value.span(), message).help_if(help))
}
