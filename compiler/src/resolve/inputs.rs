//! The inputs of a workflow.

use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document;
use crate::program::Input;
use crate::schema::{Schema, check_references};
use crate::source::Cursor;

/// Returns the inputs, and whether no others are possible.
pub(super) fn resolve_inputs<'a>(
    workflow: &'a document::Workflow<'a>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Input<'a>>, bool) {
    let Some(at) = workflow.inputs else {
        return (Vec::new(), true);
    };
    if !at.is_object() {
        let message = format!("`inputs` must be a JSON Schema of type object, found {}", at.kind());
        diagnostics.push(
            Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message)
                .help("define each input as a property: `{ type: object, properties: { title: { type: string } } }`"),
        );
        return (Vec::new(), false);
    }
    let before = diagnostics.count();
    check_references(at, &rule::INPUTS_REF_UNRESOLVED, diagnostics);
    let Ok(schema) = Schema::within(at, at) else {
        return (Vec::new(), false);
    };
    let types = schema.types();
    if !types.is_empty() && !types.allows(crate::schema::Type::Object) {
        let message = format!("`inputs` must describe an object, found {}", types.words());
        diagnostics.push(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message));
        return (Vec::new(), false);
    }
    let mut inputs = Vec::new();
    for (name, span, at) in schema.properties() {
        let schema_of = Schema::within(at, schema.resource)
            .ok()
            .filter(|schema| schema.at.is_object());
        let default = schema_of.is_some_and(|schema| schema.default_value().is_some());
        inputs.push(Input {
            name,
            span,
            at,
            schema: schema_of,
            required: schema.requires(name) && !default,
        });
    }
    unchecked_root(schema, diagnostics);
    for item in schema.required() {
        required_input_undeclared(item, &inputs, diagnostics);
    }
    (inputs, before == diagnostics.count())
}

/// Reports keywords about several inputs together, which are not checked.
pub(super) fn unchecked_root(schema: Schema<'_>, diagnostics: &mut Diagnostics) {
    let keywords = [
        "anyOf",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "maxProperties",
        "minProperties",
        "not",
        "oneOf",
        "patternProperties",
        "propertyNames",
    ];
    for part in schema.parts() {
        for entry in part.at.members().filter(|entry| keywords.contains(&entry.key)) {
            let message = format!("`{}` of the whole inputs object is not checked", entry.key);
            diagnostics.push(
                Diagnostic::new(&rule::CONSTRAINT_UNCHECKED, entry.key_span, message)
                    .help("only the schemas of the individual inputs are checked"),
            );
        }
    }
}

pub(super) fn required_input_undeclared(item: Cursor<'_>, inputs: &[Input<'_>], diagnostics: &mut Diagnostics) {
    let Some(name) = item.as_str() else {
        let message = format!("`required` must list property names, found {}", item.kind());
        diagnostics.push(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, item.span(), message));
        return;
    };
    if inputs.iter().all(|input| input.name != name) {
        let message = format!("required input `{name}` is not defined in `properties`");
        let meant = similar(name, inputs.iter().map(|input| input.name));
        diagnostics.push(
            Diagnostic::new(&rule::REQUIRED_INPUT_UNDECLARED, item.span(), message).help(meant.map_or_else(
                || format!("define it: `properties: {{ {name}: {{ type: string }} }}`"),
                |name| format!("an input with a similar name exists: `{name}`"),
            )),
        );
    }
}
