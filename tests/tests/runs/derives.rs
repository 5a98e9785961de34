//! Traits that generated types derive by the option `derives`, and the schemas that two of them describe.

use std::collections::{BTreeSet, HashSet};

use schemars::schema_for;
use serde_json::{Value, json};
use utoipa::OpenApi as _;

arazzo::arazzo_workflow! {
    "language/derived.yml",
    // Of these, `Clone` and `Serialize` are there anyway.
    derives = [utoipa::ToSchema, schemars::JsonSchema, Clone, serde::Serialize],
    lints = { allow(unused_input) },
}

/// Of the same documents, with what the standard library derives.
mod standard {
    arazzo::arazzo_workflow! {
        "language/derived.yml",
        derives = [Copy, Default, Eq, Hash, Ord, PartialOrd],
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
        "notes.Note",
        "read_note.Inputs",
        "read_note.Outputs",
        "read_note.SortOrder",
        "read_picture.Outputs",
        "read_picture.steps.Draw",
    ];
    assert_eq!(names, expected);
    // Names of the document, not of Rust; and an open enum is any string.
    let outputs = json!({
        "type": "object", "required": ["rootNote", "firstKind"],
        "properties": { "rootNote": { "$ref": "#/components/schemas/notes.Note" }, "firstKind": { "type": "string" } },
    });
    assert_eq!(schemas["read_note.Outputs"], outputs);
    let order = json!({ "type": "string", "enum": ["oldest", "newest-first"] });
    assert_eq!(schemas["read_note.SortOrder"], order);
    let note = &schemas["notes.Note"];
    assert_eq!(note["required"], json!(["noteId", "kind", "parts"]));
    let members: Vec<&String> = note["properties"].as_object().expect("an object").keys().collect();
    // The field `additional` is not a member, and allows more of them.
    assert_eq!(
        members,
        [
            "anything",
            "counts",
            "kind",
            "noteId",
            "olderKinds",
            "origin",
            "parts",
            "title"
        ]
    );
    assert_eq!(note.get("additionalProperties"), None);
    assert_eq!(note["properties"]["kind"], json!({ "type": "string" }));
    assert_eq!(note["properties"]["olderKinds"]["items"], json!({ "type": "string" }));
    assert_eq!(
        note["properties"]["parts"]["items"]["$ref"],
        "#/components/schemas/notes.Note"
    );
    // A file is `{"$base64": "…", "name": "…", "type": "…"}`.
    let picture = &schemas["read_picture.steps.Draw"]["properties"]["picture"];
    assert_eq!(
        (&picture["type"], &picture["additionalProperties"]),
        (&json!("object"), &json!({ "type": "string" }))
    );
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
    let values = json!([{ "type": "string", "const": "oldest" }, { "type": "string", "const": "newest-first" }]);
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
    let expected = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    assert_eq!(file["properties"]["picture"], expected);
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
    assert_eq!(copied(inputs.clone()), (inputs.clone(), inputs));
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
