//! Rust types for the schemas that a workflow uses.

use std::collections::{BTreeMap, BTreeSet};

use super::name;
use crate::schema::{Schema, Type};
use crate::source::{FileId, Span};

/// A Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// `String`
    String,
    /// `i64`
    I64,
    /// `i32`
    I32,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// `bool`
    Bool,
    /// `arazzo::Blob`
    Blob,
    /// `serde_json::Value`
    Json,
    /// `Vec<T>`
    Vec(Box<Ty>),
    /// `BTreeMap<String, T>`
    Map(Box<Ty>),
    /// A generated type, by its index.
    Named(usize),
    /// `Option<T>`
    Option(Box<Ty>),
    /// `Box<T>`, for a type that contains itself.
    Boxed(Box<Ty>),
}

impl Ty {
    /// Wraps the type in `Option`, unless it already is an option.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Option(_) => self,
            other => Self::Option(Box::new(other)),
        }
    }

    /// Returns the generated type that a value of this type contains without an indirection.
    fn contained(&self) -> Option<usize> {
        match self {
            Self::Named(index) => Some(*index),
            Self::Option(inner) => inner.contained(),
            _ => None,
        }
    }

    /// Puts the generated type into a `Box`.
    fn enclose(&mut self) {
        match self {
            Self::Option(inner) => inner.enclose(),
            other => {
                let named = std::mem::replace(other, Self::Json);
                *other = Self::Boxed(Box::new(named));
            }
        }
    }
}

/// Whether a type was searched for fields that refer back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// The module in which a generated type is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// In the module of the workflow with this index.
    Workflow(usize),
    /// The module of the API with this index, shared by all workflows that call it.
    Api(usize),
}

/// A generated type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Where it is defined.
    pub home: Home,
    /// Its Rust name.
    pub ident: String,
    /// The description in the schema.
    pub docs: Option<String>,
    /// Its fields or variants.
    pub kind: TypeKind,
    /// Whether it contains itself, so that a field has it in a `Box`.
    pub boxed: bool,
}

/// The fields or variants of a generated type.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// An object with properties.
    Struct(Vec<Field>),
    /// A string with known values. `open`: an API may return other values.
    Enum {
        /// The values with their Rust names.
        variants: Vec<(String, String)>,
        /// Whether there is a variant for values that the schema does not name.
        open: bool,
    },
}

/// A member of a generated struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: String,
    /// Its Rust name.
    pub ident: String,
    /// Its type; an option if the member is not required.
    pub ty: Ty,
    /// The description in the schema.
    pub docs: Option<String>,
    /// `format: password`
    pub secret: bool,
}

/// The types of all workflows, during collection.
#[derive(Debug)]
pub struct Types {
    defs: Vec<TypeDef>,
    known: BTreeMap<(Home, Span, bool), usize>,
    names: BTreeSet<(Home, String)>,
    /// The workflow whose types are being collected.
    workflow: usize,
    /// The files of APIs, and the indices of the APIs; empty if every workflow has its own types.
    apis: Vec<(FileId, usize)>,
    /// The file of the workflow's document, and the API for types that are in no file of an API.
    document: Option<(FileId, usize)>,
}

/// Maximum nesting of generated types. Deeper values are JSON.
const DEPTH: usize = 24;

impl Types {
    /// Creates an empty collection. `apis` are the files of APIs and their indices, if workflows share the types of API
    /// objects.
    #[must_use]
    pub fn new(apis: Vec<(FileId, usize)>) -> Self {
        Self {
            defs: Vec::new(),
            known: BTreeMap::new(),
            names: BTreeSet::new(),
            workflow: 0,
            apis,
            document: None,
        }
    }

    /// Continues with the types of a workflow. Types that are neither in `document` nor in the file of an API belong to
    /// `api`.
    pub fn enter(&mut self, workflow: usize, document: FileId, api: Option<usize>) {
        self.workflow = workflow;
        self.document = api.map(|api| (document, api));
    }

    fn home(&self, schema: Schema<'_>) -> Home {
        let file = schema.identity().file;
        let own = Home::Workflow(self.workflow);
        match (self.apis.iter().find(|(known, _)| *known == file), self.document) {
            (Some((_, api)), _) => Home::Api(*api),
            (None, Some((document, api))) if document != file && !self.apis.is_empty() => Home::Api(api),
            _ => own,
        }
    }

    /// Returns the type for the instances of a schema. `hint` names it if the schema has no name. `output` says that
    /// the value comes from an API, which may return more than its schema declares.
    pub fn of(&mut self, schema: Schema<'_>, hint: &str, output: bool) -> Ty {
        self.at_depth(schema, hint, output, 0)
    }

    fn at_depth(&mut self, schema: Schema<'_>, hint: &str, output: bool, depth: usize) -> Ty {
        if depth > DEPTH {
            return Ty::Json;
        }
        let types = schema.types().without(Type::Null);
        let alternatives = schema.alternatives();
        if !alternatives.is_empty() {
            // `anyOf: [T, null]` is an optional T; any other choice is a JSON value.
            let rest: Vec<Schema<'_>> = alternatives
                .into_iter()
                .filter(|part| !part.types().without(Type::Null).is_empty() || part.types().is_empty())
                .collect();
            return match rest.as_slice() {
                [only] if schema.properties().is_empty() => self.at_depth(*only, hint, output, depth + 1),
                _ if types.single() == Some(Type::String) => Ty::String,
                _ => Ty::Json,
            };
        }
        match types.single() {
            Some(Type::String) => self.string(schema, hint, output),
            Some(Type::Integer) if schema.text("format") == Some("int32") => Ty::I32,
            Some(Type::Integer) if schema.text("format") == Some("uint64") => Ty::U64,
            Some(Type::Integer) => Ty::I64,
            Some(Type::Number) => Ty::F64,
            Some(Type::Boolean) => Ty::Bool,
            Some(Type::Array) => match schema.item(None) {
                Some(item) => {
                    let inner = self.at_depth(item, &format!("{hint}Item"), output, depth + 1);
                    Ty::Vec(Box::new(if item.nullable() { inner.optional() } else { inner }))
                }
                None => Ty::Vec(Box::new(Ty::Json)),
            },
            Some(Type::Object) => self.object(schema, hint, output, depth),
            _ => Ty::Json,
        }
    }

    /// Returns the types, with a `Box` wherever a type would contain itself: on the fields that refer back to a type on
    /// the path from the first type that was needed.
    #[must_use]
    pub fn finish(mut self) -> Vec<TypeDef> {
        let mut state = vec![Visit::New; self.defs.len()];
        for start in 0..self.defs.len() {
            // The types on the path, and which of their fields is next.
            let mut way = Vec::from([(start, 0)]);
            while let Some((def, field)) = way.last_mut() {
                let (def, index) = (*def, *field);
                if index == 0 {
                    if state[def] == Visit::Done {
                        way.pop();
                        continue;
                    }
                    state[def] = Visit::Open;
                }
                *field += 1;
                let TypeKind::Struct(fields) = &mut self.defs[def].kind else {
                    state[def] = Visit::Done;
                    way.pop();
                    continue;
                };
                let Some(field) = fields.get_mut(index) else {
                    state[def] = Visit::Done;
                    way.pop();
                    continue;
                };
                match field.ty.contained() {
                    Some(target) if state[target] == Visit::Open => {
                        field.ty.enclose();
                        self.defs[target].boxed = true;
                    }
                    Some(target) if state[target] == Visit::New => way.push((target, 0)),
                    _ => {}
                }
            }
        }
        self.defs
    }

    fn string(&mut self, schema: Schema<'_>, hint: &str, output: bool) -> Ty {
        let values: Option<Vec<&str>> = schema
            .enumeration()
            .and_then(|values| values.iter().map(|value| value.as_str()).collect());
        let Some(values) = values.filter(|values| !values.is_empty() && values.len() <= 256) else {
            return Ty::String;
        };
        if let Some(&index) = self.known.get(&(self.home(schema), schema.identity(), output)) {
            return Ty::Named(index);
        }
        let mut variants: Vec<(String, String)> = Vec::new();
        for value in values {
            let ident = name::pascal(value);
            if variants.iter().any(|(known, _)| known == value) {
                continue;
            }
            // Values that differ only in case or punctuation cannot be distinguished as variants.
            if variants.iter().any(|(_, known)| *known == ident) || (output && ident == "Other") {
                return Ty::String;
            }
            variants.push((value.to_owned(), ident));
        }
        let index = self.reserve(schema, hint, output);
        self.defs[index].kind = TypeKind::Enum { variants, open: output };
        Ty::Named(index)
    }

    fn reserve(&mut self, schema: Schema<'_>, hint: &str, output: bool) -> usize {
        let base = schema.name.map_or_else(|| name::pascal(hint), name::pascal);
        let mut ident = base.clone();
        let mut count = 1;
        let home = self.home(schema);
        while !self.names.insert((home, ident.clone())) {
            count += 1;
            ident = format!("{}{count}", base.trim_end_matches('_'));
        }
        let index = self.defs.len();
        let docs = schema.text("description").map(str::to_owned);
        self.defs.push(TypeDef {
            home,
            ident,
            docs,
            kind: TypeKind::Struct(Vec::new()),
            boxed: false,
        });
        self.known.insert((home, schema.identity(), output), index);
        index
    }

    fn object(&mut self, schema: Schema<'_>, hint: &str, output: bool, depth: usize) -> Ty {
        let properties = schema.properties();
        if properties.is_empty() {
            return match schema.additional() {
                Ok(Some(value)) => {
                    let inner = self.at_depth(value, &format!("{hint}Value"), output, depth + 1);
                    Ty::Map(Box::new(if value.nullable() { inner.optional() } else { inner }))
                }
                _ => Ty::Json,
            };
        }
        if let Some(&index) = self.known.get(&(self.home(schema), schema.identity(), output)) {
            return Ty::Named(index);
        }
        let index = self.reserve(schema, hint, output);
        let own = self.defs[index].ident.clone();
        let mut fields: Vec<Field> = Vec::new();
        let mut taken = BTreeSet::from(["additional".to_owned()]);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (name, ..) in properties {
            let mut ident = name::snake(name);
            if !taken.insert(ident.clone()) {
                let base = ident.clone();
                let count = counts.entry(base.clone()).or_insert(0_usize);
                // The second is `name_`; the next ones have numbers.
                while !taken.insert(ident.clone()) {
                    *count += 1;
                    ident = if *count == 1 {
                        format!("{base}_")
                    } else {
                        format!("{base}_{count}")
                    };
                }
            }
            let Some(property) = schema.property(name) else {
                fields.push(Field {
                    name: name.to_owned(),
                    ident,
                    ty: Ty::Json.optional(),
                    docs: None,
                    secret: false,
                });
                continue;
            };
            let ty = self.at_depth(property, &format!("{own}-{name}"), output, depth + 1);
            let sent_only = output && property.flag("writeOnly");
            let sure = schema.requires(name) && !property.nullable() && !sent_only;
            let ty = if sure { ty } else { ty.optional() };
            let docs = property.text("description").map(str::to_owned);
            fields.push(Field {
                name: name.to_owned(),
                ident,
                ty,
                docs,
                secret: property.text("format") == Some("password"),
            });
        }
        self.defs[index].kind = TypeKind::Struct(fields);
        Ty::Named(index)
    }
}
