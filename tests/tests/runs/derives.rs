//! Traits that generated types derive by the option `derives`, and the schemas that two of them describe.

use std::collections::{BTreeSet, HashSet};

use schemars::schema_for;
use serde_json::{Value, json};
use utoipa::OpenApi as _;

arazzo::arazzo_workflow! {
    "language/derived.yml",
    // Of these, `Clone` and `Serialize` are there anyway.
    derives = [utoipa::ToSchema, schemars::JsonSchema, std::clone::Clone, ::serde::Serialize],
    lints = { allow(unused_input) },
}

/// Of the same documents, with what the standard library derives.
mod standard {
    arazzo::arazzo_workflow! {
        "language/derived.yml",
        derives = [std::marker::Copy, Default, Eq, Hash, core::cmp::Ord, PartialOrd],
        lints = { allow(unused_input) },
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    read_note::Inputs,
    read_note::Outputs,
    read_picture::Outputs,
    read_picture::steps::Draw
)))]
struct Described;

/// Removes all texts for people.
fn without_descriptions(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|name, value| name != "description" || !value.is_string());
            members
                .values_mut()
                .for_each(|value| *value = without_descriptions(value.take()));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = without_descriptions(item.take())),
        _ => {}
    }
    value
}

#[test]
fn utoipa_describes_the_json_of_generated_types() {
    let described = serde_json::to_value(Described::openapi()).expect("JSON");
    let schemas = without_descriptions(described["components"]["schemas"].clone());
    // The types of both workflows, and what they refer to.
    let names: Vec<&String> = schemas.as_object().expect("an object").keys().collect();
    let expected = [
        "notes.Folder",
        "notes.Kind",
        "notes.Note",
        "notes.Value",
        "read_note.Inputs",
        "read_note.Outputs",
        "read_note.types.SortOrder",
        "read_picture.Outputs",
        "read_picture.steps.Draw",
    ];
    assert_eq!(names, expected);
    let own = |name: &str| json!({ "$ref": format!("#/components/schemas/notes.{name}") });
    let outputs = json!({
        "type": "object", "required": ["rootNote", "firstKind"],
        "properties": { "rootNote": own("Note"), "firstKind": own("Kind") },
    });
    assert_eq!(schemas["read_note.Outputs"], outputs);
    let order = json!({ "type": "string", "enum": ["", "oldest", "newest-first"] });
    assert_eq!(schemas["read_note.types.SortOrder"], order);
    // An API may return other kinds.
    assert_eq!(
        schemas["notes.Kind"],
        json!({ "type": "string", "examples": ["plain-text", "table"] })
    );
    let any = json!({ "type": ["object", "array", "string", "number", "boolean", "null"] });
    let note = json!({
        "type": "object", "required": ["noteId", "kind", "parts"],
        "properties": {
            "noteId": { "type": "integer" },
            "kind": own("Kind"),
            "olderKinds": { "anyOf": [{ "type": "array", "items": own("Kind") }, { "type": "null" }] },
            "parts": { "type": "array", "items": own("Note") },
            "origin": { "anyOf": [own("Note"), { "type": "null" }] },
            "folder": { "anyOf": [own("Folder"), { "type": "null" }] },
            "value": { "anyOf": [own("Value"), { "type": "null" }] },
            "counts": {
                "anyOf": [{ "type": "object", "additionalProperties": { "type": "integer" } }, { "type": "null" }],
            },
            "anything": { "anyOf": [any, { "type": "null" }] },
            "title": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
        },
    });
    assert_eq!(schemas["notes.Note"], note);
    // A folder has notes, and a note a folder.
    assert_eq!(schemas["notes.Folder"]["properties"]["first"]["anyOf"][0], own("Note"));
    let file = json!({
        "type": "object", "required": ["$base64"],
        "properties": { "$base64": { "type": "string", "contentEncoding": "base64" } },
    });
    assert_eq!(schemas["read_picture.steps.Draw"]["properties"]["picture"], file);
}

#[test]
fn schemars_describes_the_json_of_generated_types() {
    let schema = |schema: schemars::Schema| without_descriptions(schema.to_value());
    let inputs = schema(schema_for!(read_note::Inputs));
    assert_eq!(inputs["required"], json!(["noteId"]));
    assert_eq!(
        inputs["properties"]["noteId"],
        json!({ "type": "integer", "format": "int64" })
    );
    let order = json!({ "anyOf": [{ "$ref": "#/$defs/SortOrder" }, { "type": "null" }] });
    assert_eq!(inputs["properties"]["sort-order"], order);
    let values = json!([{ "type": "string", "const": "" }, { "type": "string", "const": "oldest" }, { "type": "string", "const": "newest-first" }]);
    assert_eq!(inputs["$defs"]["SortOrder"]["oneOf"], values);

    let outputs = schema(schema_for!(read_note::Outputs));
    let note = &outputs["$defs"]["Note"];
    assert_eq!(note["required"], json!(["noteId", "kind", "parts"]));
    assert_eq!(note["additionalProperties"], json!(true));
    assert_eq!(note["properties"].get("additional"), None);
    assert_eq!(
        note["properties"]["olderKinds"]["items"],
        json!({ "$ref": "#/$defs/Kind" })
    );
    let kinds = json!([
        { "type": "string", "const": "plain-text" },
        { "type": "string", "const": "table" },
        { "type": "string" },
    ]);
    assert_eq!(outputs["$defs"]["Kind"]["anyOf"], kinds);
    let file = schema(schema_for!(read_picture::Outputs));
    assert_eq!(
        file["properties"]["picture"],
        json!({}),
        "schemars cannot be told what a file is"
    );
}

#[test]
fn standard_traits_are_derived_where_a_type_can_have_them() {
    use standard::read_note::types::{Kind, SortOrder};
    use standard::{read_note, read_picture};

    fn copied<T: Copy + Ord + std::hash::Hash>(value: T) -> (T, T) {
        (value, value)
    }
    // A required input that is a number, and a choice.
    assert_eq!(read_note::Inputs::default(), read_note::Inputs::new(0));
    let inputs = read_note::Inputs::new(7).sort_order(SortOrder::NewestFirst);
    assert_eq!(copied(inputs), (inputs, inputs));
    assert!(
        SortOrder::Oldest < SortOrder::NewestFirst,
        "in the order of the document"
    );
    assert_eq!(read_picture::Inputs::default().note_id, 0);
    // An open choice can hold a text, and an object any JSON: they are not `Copy`, and objects have no order.
    let kinds = BTreeSet::from([Kind::Table, Kind::Other("map".to_owned()), Kind::PlainText]);
    assert_eq!(kinds.first(), Some(&Kind::PlainText));
    let note = standard::notes::types::Note::new(1, Kind::Table, Vec::new());
    assert_eq!(HashSet::from([note.clone(), note]).len(), 1);
}
