//! The schemas of a workflow's inputs and outputs as JSON Schema 2020-12, for tools.
//!
//! References refer only to `$defs` of the same schema.

use std::collections::{BTreeMap, BTreeSet};

use super::types::{Ty, TypeDef, TypeKind};
use super::{Output, Workflow, json_text};
use crate::program::value::quote_json;
use crate::schema::Schema;
use crate::source::{Cursor, Span};

/// Keywords whose value is a schema.
const ONE: [&str; 12] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
];

/// Keywords whose value is a list of schemas.
const LIST: [&str; 5] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];

/// Keywords whose value is an object of schemas.
const NAMED: [&str; 3] = ["dependentSchemas", "patternProperties", "properties"];

/// Keywords for the location of a schema, which are dropped because every reference is internal.
const PLACES: [&str; 7] = [
    "$anchor",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$ref",
    "$schema",
    "definitions",
];

/// Maximum number of schemas that are copied, and their maximum nesting. Schemas beyond the limits allow everything.
const SCHEMAS: usize = 2000;
const DEPTH: usize = 64;

/// The schema of the inputs, as in the document.
pub(super) fn inputs(at: Option<Cursor<'_>>) -> String {
    let Some(schema) = at.and_then(|at| Schema::new(at).ok()) else {
        return with_definitions("\"type\":\"object\",\"properties\":{}", &[]);
    };
    let mut copy = Copy::default();
    let members = copy.members(schema);
    with_definitions(&members.join(","), &copy.definitions)
}

fn with_definitions(members: &str, definitions: &[(String, String)]) -> String {
    let dialect = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";
    let mut text = format!("{{{dialect}");
    if !members.is_empty() {
        text.push(',');
        text.push_str(members);
    }
    if !definitions.is_empty() {
        let all = definitions
            .iter()
            .map(|(name, schema)| format!("{}:{schema}", quote_json(name)));
        text.push_str(&format!(",\"$defs\":{{{}}}", all.collect::<Vec<_>>().join(",")));
    }
    text.push('}');
    text
}

/// Copies schemas together with the schemas that they refer to.
#[derive(Default)]
struct Copy {
    names: BTreeMap<Span, String>,
    taken: BTreeSet<String>,
    definitions: Vec<(String, String)>,
    count: usize,
    depth: usize,
}

impl Copy {
    /// Copies a schema inside another one.
    fn child(&mut self, at: Cursor<'_>, of: Schema<'_>) -> String {
        let Some(target) = of.child(at).filter(|target| target.at.is_object()) else {
            return if at.as_bool() == Some(false) { "false" } else { "true" }.to_owned();
        };
        self.count += 1;
        if self.count > SCHEMAS || self.depth == DEPTH {
            return "true".to_owned();
        }
        self.depth += 1;
        let text = self.copied(at, target);
        self.depth -= 1;
        text
    }

    fn copied(&mut self, at: Cursor<'_>, target: Schema<'_>) -> String {
        if at.get("$ref").and_then(Cursor::as_str).is_none() {
            return format!("{{{}}}", self.members(target).join(","));
        }
        let mut members = vec![format!(
            "\"$ref\":{}",
            quote_json(&format!("#/$defs/{}", self.define(target)))
        )];
        for entry in at.members().filter(|entry| !PLACES.contains(&entry.key)) {
            members.push(format!("{}:{}", quote_json(entry.key), json_text(entry.value)));
        }
        format!("{{{}}}", members.join(","))
    }

    /// Returns the name of a definition, which is copied only once.
    fn define(&mut self, schema: Schema<'_>) -> String {
        if let Some(name) = self.names.get(&schema.identity()) {
            return escaped(name);
        }
        let base = schema.name.unwrap_or("Schema");
        let mut name = base.to_owned();
        let mut number = 1;
        while !self.taken.insert(name.clone()) {
            number += 1;
            name = format!("{base}{number}");
        }
        self.names.insert(schema.identity(), name.clone());
        let at = self.definitions.len();
        self.definitions.push((name.clone(), "true".to_owned()));
        let members = self.members(schema);
        if let Some((_, text)) = self.definitions.get_mut(at) {
            *text = format!("{{{}}}", members.join(","));
        }
        escaped(&name)
    }

    fn members(&mut self, schema: Schema<'_>) -> Vec<String> {
        let mut members = Vec::new();
        for entry in schema.at.members() {
            let (key, value) = (entry.key, entry.value);
            if PLACES.contains(&key) || key == "nullable" {
                continue;
            }
            let text = if NAMED.contains(&key) && value.is_object() {
                let inner = value.members().map(|entry| {
                    let text = self.child(entry.value, schema);
                    format!("{}:{text}", quote_json(entry.key))
                });
                format!("{{{}}}", inner.collect::<Vec<_>>().join(","))
            } else if LIST.contains(&key) && value.items().len() > 0 {
                let inner = value.items().map(|item| self.child(item, schema));
                format!("[{}]", inner.collect::<Vec<_>>().join(","))
            } else if ONE.contains(&key) {
                self.child(value, schema)
            } else if key == "type" && schema.flag("nullable") && value.as_str().is_some() {
                // The equivalent of `nullable` in OpenAPI 3.0.
                format!("[{},\"null\"]", json_text(value))
            } else {
                json_text(value)
            };
            members.push(format!("{}:{text}", quote_json(key)));
        }
        members
    }
}

/// Escapes a token of a JSON Pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The schema of a workflow's outputs, generated from the Rust types.
pub(super) fn outputs(workflow: &Workflow, all: &[Workflow], types: &[TypeDef]) -> String {
    let named = |index| format!("#/$defs/{}", definition(types, index));
    let mut typed = Typed::new(types, "", &named);
    let own = typed.returned(&workflow.outputs);
    let members = if workflow.ends.is_empty() {
        own
    } else {
        let ends = workflow
            .ends
            .iter()
            .filter_map(|end| all.iter().find(|workflow| workflow.index == *end));
        let ends = ends.map(|end| (end.variant.as_str(), typed.returned(&end.outputs)));
        let tagged = std::iter::once(("Completed", own)).chain(ends).map(|(tag, returned)| {
            let tag = quote_json(tag);
            format!("{{\"type\":\"object\",\"properties\":{{{tag}:{{{returned}}}}},\"required\":[{tag}]}}")
        });
        format!("\"oneOf\":[{}]", tagged.collect::<Vec<_>>().join(","))
    };
    let definitions = typed.definitions();
    with_definitions(&members, &definitions)
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Member<'m> {
    /// The name in JSON.
    pub name: &'m str,
    /// The type.
    pub ty: &'m Ty,
    /// The description.
    pub docs: Option<&'m str>,
    /// Whether it is always there.
    pub required: bool,
}

impl<'m> From<&'m Output> for Member<'m> {
    fn from(output: &'m Output) -> Self {
        Self {
            name: &output.name,
            ty: &output.ty,
            docs: output.docs.as_deref(),
            required: output.required,
        }
    }
}

/// Returns the schema of an object, in which each schema has a type, and the generated types that it refers to by
/// `reference`.
pub fn object<'m>(
    members: impl Iterator<Item = Member<'m>>,
    docs: &str,
    types: &[TypeDef],
    reference: &dyn Fn(usize) -> String,
) -> (String, Vec<usize>) {
    let mut typed = Typed::new(types, ANY, reference);
    let members = typed.object(members);
    (
        format!("{{\"description\":{},{members}}}", quote_json(docs)),
        typed.named,
    )
}

/// Returns the schema of a generated type, in which each schema has a type, and the generated types that it refers to by
/// `reference`.
pub fn definition_of(def: &TypeDef, types: &[TypeDef], reference: &dyn Fn(usize) -> String) -> (String, Vec<usize>) {
    let mut typed = Typed::new(types, ANY, reference);
    (typed.definition(def), typed.named)
}

/// The name of a definition. Types of two APIs can have the same name.
fn definition(types: &[TypeDef], index: usize) -> String {
    let Some(def) = types.get(index) else {
        return String::new();
    };
    let before = types[..index].iter().filter(|known| known.ident == def.ident).count();
    if before == 0 {
        def.ident.clone()
    } else {
        format!("{}_{}", def.ident, before + 1)
    }
}

/// Any JSON, for readers that expect a type.
const ANY: &str = "\"type\":[\"object\",\"array\",\"string\",\"number\",\"boolean\",\"null\"]";

struct Typed<'t> {
    types: &'t [TypeDef],
    any: &'static str,
    reference: &'t dyn Fn(usize) -> String,
    named: Vec<usize>,
}

impl<'t> Typed<'t> {
    fn new(types: &'t [TypeDef], any: &'static str, reference: &'t dyn Fn(usize) -> String) -> Self {
        Self {
            types,
            any,
            reference,
            named: Vec::new(),
        }
    }

    fn returned(&mut self, outputs: &[Output]) -> String {
        self.object(outputs.iter().map(Member::from))
    }

    fn object<'m>(&mut self, members: impl Iterator<Item = Member<'m>>) -> String {
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        for member in members {
            let (name, text) = (quote_json(member.name), self.described(member.ty, member.docs));
            properties.push(format!("{name}:{text}"));
            if member.required {
                required.push(name);
            }
        }
        let mut text = format!("\"type\":\"object\",\"properties\":{{{}}}", properties.join(","));
        if !required.is_empty() {
            text.push_str(&format!(",\"required\":[{}]", required.join(",")));
        }
        text
    }

    fn described(&mut self, ty: &Ty, docs: Option<&str>) -> String {
        let members = self.members(ty);
        match docs {
            Some(docs) if members.is_empty() => format!("{{\"description\":{}}}", quote_json(docs)),
            Some(docs) => format!("{{\"description\":{},{members}}}", quote_json(docs)),
            None => format!("{{{members}}}"),
        }
    }

    fn members(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::String => "\"type\":\"string\"".to_owned(),
            Ty::I64 => "\"type\":\"integer\"".to_owned(),
            Ty::I32 => "\"type\":\"integer\",\"format\":\"int32\"".to_owned(),
            Ty::U64 => "\"type\":\"integer\",\"minimum\":0".to_owned(),
            Ty::F64 => "\"type\":\"number\"".to_owned(),
            Ty::Bool => "\"type\":\"boolean\"".to_owned(),
            Ty::Blob => {
                "\"type\":\"object\",\"properties\":{\"$base64\":{\"type\":\"string\",\"contentEncoding\":\"base64\"}},\"required\":[\"$base64\"]"
                    .to_owned()
            }
            Ty::Json => self.any.to_owned(),
            Ty::Vec(item) => format!("\"type\":\"array\",\"items\":{{{}}}", self.members(item)),
            Ty::Map(value) => format!("\"type\":\"object\",\"additionalProperties\":{{{}}}", self.members(value)),
            Ty::Option(inner) => format!("\"anyOf\":[{{{}}},{{\"type\":\"null\"}}]", self.members(inner)),
            Ty::Boxed(inner) => self.members(inner),
            Ty::Named(index) => {
                if !self.named.contains(index) {
                    self.named.push(*index);
                }
                format!("\"$ref\":{}", quote_json(&(self.reference)(*index)))
            }
        }
    }

    fn definitions(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        while let Some(index) = self.named.get(all.len()).copied() {
            let Some(def) = self.types.get(index) else { break };
            let text = self.definition(def);
            all.push((definition(self.types, index), text));
        }
        all
    }

    fn definition(&mut self, def: &TypeDef) -> String {
        let docs = def.docs.as_deref();
        let docs = docs
            .map(|docs| format!("\"description\":{},", quote_json(docs)))
            .unwrap_or_default();
        match &def.kind {
            TypeKind::Struct(fields) => {
                let members = self.object(fields.iter().map(|field| Member {
                    name: &field.name,
                    ty: &field.ty,
                    docs: field.docs.as_deref(),
                    required: !matches!(field.ty, Ty::Option(_)),
                }));
                format!("{{{docs}{members}}}")
            }
            TypeKind::Enum { variants, open } => {
                let values = variants.iter().map(|(value, _)| quote_json(value));
                let values = values.collect::<Vec<_>>().join(",");
                let keyword = if *open { "examples" } else { "enum" };
                format!("{{{docs}\"type\":\"string\",\"{keyword}\":[{values}]}}")
            }
        }
    }
}
