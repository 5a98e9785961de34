//! Phase 2b: one view over JSON Schema as Arazzo inputs (2020-12) and every OpenAPI use it.
//!
//! Nothing is copied: a [`Schema`] is a [`Cursor`] with the means to follow `$ref`.

use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::expression;
use crate::source::{Cursor, Data, Entry, Span, is_absolute, is_remote, percent_decode};

/// A schema, its references followed.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'a> {
    /// The schema object (or boolean) itself, no reference.
    pub at: Cursor<'a>,
    /// The root of the schema that it is a part of.
    pub resource: Cursor<'a>,
    /// The last name of the reference that led here: `User` of `#/components/schemas/User`.
    pub name: Option<&'a str>,
    /// Whether `nullable` is written beside the reference that led here.
    null_beside: bool,
}

/// A reference that cannot be resolved.
#[derive(Clone, Debug)]
pub struct BrokenReference<'a> {
    /// The `$ref`.
    pub span: Span,
    /// Its text.
    pub reference: String,
    /// Why.
    pub reason: &'static str,
    /// The roots that it was looked for from.
    roots: Vec<Cursor<'a>>,
}

impl BrokenReference<'_> {
    /// The diagnostic of this reference under the rule of the place where it is used.
    #[must_use]
    pub fn diagnostic(&self, rule: &'static crate::diagnostic::Rule) -> Diagnostic {
        let rule = if self.reason == CYCLE {
            &rule::SOURCE_CYCLE
        } else {
            rule
        };
        let mut roots = self.roots.iter();
        let similar = roots.find_map(|root| similar_reference(&self.reference, *root));
        Diagnostic::new(
            rule,
            self.span,
            format!("`{}` leads nowhere: {}", self.reference, self.reason),
        )
        .help_if(similar.map(|known| format!("a reference with a similar name exists: `{known}`")))
    }
}

/// Why a reference in a circle leads nowhere.
const CYCLE: &str = "it leads back to itself";

/// How far a reference chain is followed.
const HOPS: usize = 64;

/// Follows `$ref` from a node to the first node that is none.
///
/// # Errors
/// A reference that leads nowhere.
pub fn follow(at: Cursor<'_>) -> Result<(Cursor<'_>, Option<&str>), BrokenReference<'_>> {
    follow_within(at, at.document()).map(|schema| (schema.at, schema.name))
}

/// A node and the targets of its `$ref`, hop by hop. An unresolved reference ends the chain.
pub fn chain(at: Cursor<'_>) -> impl Iterator<Item = Cursor<'_>> {
    let mut next = Some(at);
    let all = std::iter::from_fn(move || {
        let at = next?;
        next = reference_of(at).and_then(|entry| hop(at, at.document(), entry).ok().map(|(at, ..)| at));
        Some(at)
    });
    all.take(HOPS)
}

/// The same inside a schema that has definitions of its own: what is not found from the root of
/// the file is looked for from the root of the schema, `resource`, which a reference may change.
fn follow_within<'a>(mut at: Cursor<'a>, mut resource: Cursor<'a>) -> Result<Schema<'a>, BrokenReference<'a>> {
    let mut name = None;
    let mut null_beside = false;
    for _ in 0..HOPS {
        let Some(entry) = reference_of(at) else {
            return Ok(Schema {
                at,
                resource,
                name,
                null_beside,
            });
        };
        null_beside |= says_nullable(at);
        let (next, from, reference) = hop(at, resource, entry)?;
        (at, resource, name) = (next, from, reference);
    }
    Err(BrokenReference {
        span: at.get("$ref").unwrap_or(at).span(),
        reference: at.get("$ref").and_then(Cursor::as_str).unwrap_or("").to_owned(),
        reason: CYCLE,
        roots: Vec::new(),
    })
}

/// The entry of a `$ref` that is text.
fn reference_of(at: Cursor<'_>) -> Option<Entry<'_>> {
    at.entry("$ref").filter(|entry| entry.value.as_str().is_some())
}

/// The target of a `$ref`, the resource that it is part of, and the last name of the reference.
fn hop<'a>(
    at: Cursor<'a>,
    mut resource: Cursor<'a>,
    entry: Entry<'a>,
) -> Result<(Cursor<'a>, Cursor<'a>, Option<&'a str>), BrokenReference<'a>> {
    let reference = entry.value.as_str().unwrap_or("");
    let broken = |reason| BrokenReference {
        span: entry.value.span(),
        reference: reference.to_owned(),
        reason,
        roots: Vec::new(),
    };
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let root = if file.is_empty() {
        at.document()
    } else if is_remote(file) {
        return Err(broken("builds do not access the network"));
    } else if is_absolute(file) {
        return Err(broken(
            "an absolute path differs between machines; write it relative to this file",
        ));
    } else {
        let other = at.other_file(file);
        resource = other.ok_or_else(|| broken("there is no such file, or it cannot be read"))?;
        resource
    };
    let found = if fragment.is_empty() {
        resource
    } else if let Some(pointer) = fragment.strip_prefix('/') {
        let tokens: Option<Vec<String>> = pointer
            .split('/')
            .map(|token| expression::unescape(&percent_decode(token)))
            .collect();
        let tokens = tokens.ok_or_else(|| broken("it is no JSON Pointer"))?;
        let from = |start: Cursor<'a>| start.pointer(tokens.iter().map(String::as_str));
        match from(root) {
            Some(found) => {
                if found.get("$defs").is_some() {
                    resource = found;
                }
                found
            }
            None => from(resource).ok_or_else(|| BrokenReference {
                roots: vec![root, resource],
                ..broken("nothing stands there")
            })?,
        }
    } else {
        find_anchor(resource, fragment, 0)
            .or_else(|| find_anchor(root, fragment, 0))
            .ok_or_else(|| broken("no schema has this `$anchor`"))?
    };
    Ok((found, resource, reference_name(reference)))
}

/// Whether keywords beside the `$ref` of a schema say something of its instances. They apply too
/// (JSON Schema 2020-12 Core, section 8.2.3.1), but not in OpenAPI 3.0 and Swagger 2.0 ("Reference
/// Object").
fn says_more(at: Cursor<'_>) -> bool {
    let silent = |key: &str| {
        key.starts_with("x-")
            || matches!(
                key,
                "$ref"
                    | "$comment"
                    | "$defs"
                    | "$id"
                    | "$schema"
                    | "definitions"
                    | "deprecated"
                    | "description"
                    | "example"
                    | "examples"
                    | "nullable"
                    | "summary"
                    | "title"
            )
    };
    if reference_of(at).is_none() || at.members().all(|entry| silent(entry.key)) {
        return false;
    }
    let root = at.document();
    let version = root.get("openapi").and_then(Cursor::scalar_text).unwrap_or("");
    root.get("swagger").is_none() && !version.starts_with("3.0")
}

/// `nullable: true` (OpenAPI 3.0) or its extension in Swagger 2.0.
fn says_nullable(at: Cursor<'_>) -> bool {
    ["nullable", "x-nullable"]
        .iter()
        .any(|key| at.get(key).and_then(Cursor::as_bool) == Some(true))
}

/// The reference with its last name replaced by one that stands beside it.
fn similar_reference(reference: &str, root: Cursor<'_>) -> Option<String> {
    let (parent, last) = reference.rsplit_once('/')?;
    let pointer = parent.split_once('#')?.1;
    let tokens: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|token| expression::unescape(&percent_decode(token)))
        .collect::<Option<_>>()?;
    let beside = root.pointer(tokens.iter().map(String::as_str))?;
    let known = similar(last, beside.members().map(|member| member.key))?;
    Some(format!("{parent}/{}", expression::escape(known)))
}

/// The last name of a reference: `User` of `#/components/schemas/User` and of `models/User.yaml`.
fn reference_name(reference: &str) -> Option<&str> {
    let last = reference.trim_end_matches(['#', '/']).rsplit(['/', '#']).next()?;
    let name = if reference.contains('#') && !reference.ends_with('#') {
        last
    } else {
        last.split('.').next()?
    };
    (!name.is_empty()).then_some(name)
}

fn find_anchor<'a>(at: Cursor<'a>, anchor: &str, depth: usize) -> Option<Cursor<'a>> {
    if depth > crate::source::limit::DEPTH {
        return None;
    }
    if at.get("$anchor").and_then(Cursor::as_str) == Some(anchor) {
        return Some(at);
    }
    at.members()
        .map(|entry| entry.value)
        .chain(at.items())
        .find_map(|child| find_anchor(child, anchor, depth + 1))
}

/// The JSON types that a schema allows, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Types {
    bits: u8,
}

/// One JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are JSON's")]
pub enum Type {
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

impl Type {
    /// The word of JSON Schema.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Array,
        Self::Object,
    ];
}

impl Types {
    /// The set of one type.
    #[must_use]
    pub fn of(kind: Type) -> Self {
        Self { bits: kind as u8 }
    }

    /// Adds a type.
    #[must_use]
    pub fn with(self, kind: Type) -> Self {
        Self {
            bits: self.bits | kind as u8,
        }
    }

    /// Without a type.
    #[must_use]
    pub fn without(self, kind: Type) -> Self {
        Self {
            bits: self.bits & !(kind as u8),
        }
    }

    /// The other types.
    #[must_use]
    pub fn complement(self) -> Self {
        let all = Type::ALL.into_iter().fold(Self::default(), Self::with);
        Self {
            bits: all.bits & !self.bits,
        }
    }

    /// Whether a type is in the set; a set that allows numbers allows integers.
    #[must_use]
    pub fn allows(self, kind: Type) -> bool {
        self.bits & kind as u8 != 0 || (kind == Type::Integer && self.bits & Type::Number as u8 != 0)
    }

    /// Whether no instance of these types is an instance of the other ones; where nothing is known,
    /// they do not exclude each other.
    #[must_use]
    pub fn excludes(self, found: Self) -> bool {
        let fits = |kind| self.allows(kind) || (kind == Type::Number && self.allows(Type::Integer));
        !self.is_empty() && !found.is_empty() && !Type::ALL.into_iter().any(|kind| found.allows(kind) && fits(kind))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The one type in the set, if there is exactly one.
    #[must_use]
    pub fn single(self) -> Option<Type> {
        Type::ALL.into_iter().find(|&kind| self.bits == kind as u8)
    }

    /// The words of the types, for messages.
    #[must_use]
    pub fn words(self) -> String {
        let words: Vec<&str> = Type::ALL
            .into_iter()
            .filter(|&kind| self.bits & kind as u8 != 0)
            .map(Type::word)
            .collect();
        words.join(" or ")
    }
}

/// Where a pointer leads in a schema.
#[derive(Clone, Debug)]
pub enum Walk<'a> {
    /// To a reference that cannot be resolved: to any value.
    Broken(Box<BrokenReference<'a>>),
    /// To a schema; `required` when every member on the way must be there.
    Found {
        /// The schema at the end.
        schema: Schema<'a>,
        /// Whether a valid instance always has a value there.
        required: bool,
    },
    /// The schema says nothing about it. `mentioned` is false when a schema with properties does
    /// not list the member.
    Unknown {
        /// The schema that does not list the member, and the index of the token.
        at: Option<(Schema<'a>, usize)>,
    },
    /// No valid instance has a value there.
    Impossible {
        /// The schema that rules it out.
        schema: Schema<'a>,
        /// The index of the token that it rules out.
        token: usize,
    },
}

impl<'a> Schema<'a> {
    /// The schema at a cursor.
    ///
    /// # Errors
    /// A `$ref` that leads nowhere.
    pub fn new(at: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        Self::within(at, at.document())
    }

    /// The schema at a cursor, a part of the schema at `resource`.
    ///
    /// # Errors
    /// A `$ref` that leads nowhere.
    pub fn within(at: Cursor<'a>, resource: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        let followed = follow_within(at, resource)?;
        if !says_more(at) {
            return Ok(followed);
        }
        // The keywords next to the reference are the schema; its target is a part of it.
        Ok(Self {
            at,
            resource,
            ..followed
        })
    }

    /// The place of the schema that names the type: the target of a reference, unless the keywords
    /// next to the reference change the shape of its instances.
    #[must_use]
    pub fn identity(self) -> Span {
        let annotation = |key: &str| {
            key.starts_with("x-")
                || matches!(
                    key,
                    "$ref" | "default" | "deprecated" | "description" | "format" | "readOnly" | "title" | "writeOnly"
                )
        };
        if reference_of(self.at).is_none() || !self.at.members().all(|entry| annotation(entry.key)) {
            return self.at.span();
        }
        follow_within(self.at, self.resource).map_or(self.at.span(), |target| target.at.span())
    }

    /// `default`
    #[must_use]
    pub fn default_value(self) -> Option<Cursor<'a>> {
        self.parts().into_iter().find_map(|part| part.at.get("default"))
    }

    /// A schema of the same resource.
    #[must_use]
    pub fn child(self, at: Cursor<'a>) -> Option<Self> {
        Self::within(at, self.resource).ok()
    }

    fn list(self, key: &str) -> Vec<Self> {
        self.at
            .get(key)
            .into_iter()
            .flat_map(Cursor::items)
            .filter_map(|at| self.child(at))
            .collect()
    }

    /// The schemas that an instance must all satisfy: this one and, flattened, its `allOf` and what
    /// its `$ref` leads to.
    #[must_use]
    pub fn parts(self) -> Vec<Self> {
        let mut parts = Vec::new();
        self.collect_parts(&mut parts);
        parts
    }

    fn collect_parts(self, parts: &mut Vec<Self>) {
        if parts.len() >= 256 || parts.iter().any(|part| part.at.span() == self.at.span()) {
            return;
        }
        parts.push(self);
        if let Some(entry) = reference_of(self.at)
            && let Ok((at, resource, _)) = hop(self.at, self.resource, entry)
            && let Ok(target) = Self::within(at, resource)
        {
            target.collect_parts(parts);
        }
        for part in self.list("allOf") {
            part.collect_parts(parts);
        }
    }

    /// The schemas of which an instance satisfies one (`oneOf`) or some (`anyOf`).
    #[must_use]
    pub fn alternatives(self) -> Vec<Self> {
        self.parts()
            .into_iter()
            .flat_map(|part| ["oneOf", "anyOf"].into_iter().flat_map(move |key| part.list(key)))
            .collect()
    }

    /// A text member, such as `format` or `description`, of the schema or a part of it.
    #[must_use]
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.parts().into_iter().find_map(|part| part.at.get(key)?.as_str())
    }

    /// A number member, as it is written.
    #[must_use]
    pub fn number(self, key: &str) -> Option<&'a str> {
        self.parts()
            .into_iter()
            .find_map(|part| match &part.at.get(key)?.node().data {
                Data::Number(text) => Some(&**text),
                _ => None,
            })
    }

    /// A boolean member; false where it is missing.
    #[must_use]
    pub fn flag(self, key: &str) -> bool {
        self.parts()
            .into_iter()
            .any(|part| part.at.get(key).and_then(Cursor::as_bool) == Some(true))
    }

    /// The types that the schema names, or that its keywords imply; empty where it says nothing.
    #[must_use]
    pub fn types(self) -> Types {
        self.types_within(8)
    }

    fn types_within(self, depth: usize) -> Types {
        let types = self.types_without_null(depth);
        if !types.is_empty() && self.declares_null() {
            types.with(Type::Null)
        } else {
            types
        }
    }

    /// Whether `nullable` stands anywhere where generators of OpenAPI 3.0 write it for a reference:
    /// beside it, beside `allOf` or `oneOf`, or alone in a member of `allOf`.
    fn declares_null(self) -> bool {
        let alone = |part: &Self| {
            let says_more = ["type", "properties", "items", "enum", "allOf", "oneOf", "anyOf"];
            says_nullable(part.at) && says_more.iter().all(|key| part.at.get(key).is_none())
        };
        self.null_beside || says_nullable(self.at) || self.parts().iter().skip(1).any(alone)
    }

    fn types_without_null(self, depth: usize) -> Types {
        if depth == 0 {
            return Types::default();
        }
        let mut declared: Option<Types> = None;
        let mut implied = Types::default();
        for part in self.parts() {
            let here = part.own_types();
            if !here.is_empty() {
                declared = Some(declared.map_or(here, |known| Types {
                    bits: known.bits & here.bits,
                }));
            }
            if part.at.get("properties").is_some() || part.at.get("additionalProperties").is_some_and(Cursor::is_object)
            {
                implied = implied.with(Type::Object);
            }
            if part.at.get("items").is_some() {
                implied = implied.with(Type::Array);
            }
        }
        if let Some(declared) = declared {
            return declared;
        }
        let values = self.enumeration();
        if let Some(values) = values {
            return values
                .iter()
                .filter_map(|value| type_of(*value))
                .fold(Types::default(), Types::with);
        }
        let alternatives = self.alternatives();
        if implied.is_empty() && !alternatives.is_empty() {
            let all: Vec<Types> = alternatives.iter().map(|part| part.types_within(depth - 1)).collect();
            if all.iter().all(|types| !types.is_empty()) {
                return all.into_iter().fold(Types::default(), |union, types| Types {
                    bits: union.bits | types.bits,
                });
            }
            return Types::default();
        }
        implied
    }

    fn own_types(self) -> Types {
        let named = |word: &str| {
            Some(match word {
                "null" => Type::Null,
                "boolean" => Type::Boolean,
                "integer" => Type::Integer,
                "number" => Type::Number,
                "string" | "file" => Type::String,
                "array" => Type::Array,
                "object" => Type::Object,
                _ => return None,
            })
        };
        let Some(kind) = self.at.get("type") else {
            return Types::default();
        };
        let mut types = match kind.as_str() {
            Some(word) => named(word).map(Types::of).unwrap_or_default(),
            None => kind
                .items()
                .filter_map(|item| named(item.as_str()?))
                .fold(Types::default(), Types::with),
        };
        if (self.null_beside || says_nullable(self.at)) && !types.is_empty() {
            types = types.with(Type::Null);
        }
        types
    }

    /// Whether null is an instance, as far as the schema says.
    #[must_use]
    pub fn nullable(self) -> bool {
        self.declares_null()
            || self.types().allows(Type::Null)
            || self.alternatives().iter().any(|part| part.types().allows(Type::Null))
    }

    /// The values of `enum` or `const`.
    #[must_use]
    pub fn enumeration(self) -> Option<Vec<Cursor<'a>>> {
        let lists = self.parts().into_iter().filter_map(|part| {
            let list = part.at.get("enum").map(|list| list.items().collect::<Vec<_>>());
            list.or_else(|| part.at.get("const").map(|value| vec![value]))
        });
        // What several parts allow is what all of them do; only strings are compared.
        lists.reduce(|known, list| {
            let strings = |list: &[Cursor<'a>]| list.iter().all(|value| value.as_str().is_some());
            if !strings(&known) || !strings(&list) {
                return known;
            }
            let allowed = |value: &Cursor<'a>| list.iter().any(|other| other.as_str() == value.as_str());
            known.into_iter().filter(allowed).collect()
        })
    }

    /// The names that `required` lists.
    #[must_use]
    pub fn required(self) -> Vec<Cursor<'a>> {
        self.parts()
            .into_iter()
            .flat_map(|part| part.at.get("required").into_iter().flat_map(Cursor::items))
            .collect()
    }

    /// Whether `required` lists a member.
    #[must_use]
    pub fn requires(self, name: &str) -> bool {
        self.required().iter().any(|item| item.as_str() == Some(name))
    }

    /// The properties in file order, those of `allOf` behind.
    #[must_use]
    pub fn properties(self) -> Vec<(&'a str, Span, Cursor<'a>)> {
        let mut properties: Vec<(&'a str, Span, Cursor<'a>)> = Vec::new();
        for part in self.parts() {
            for entry in part.at.get("properties").into_iter().flat_map(Cursor::members) {
                if properties.iter().all(|known| known.0 != entry.key) {
                    properties.push((entry.key, entry.key_span, entry.value));
                }
            }
        }
        properties
    }

    /// The schema of a property.
    #[must_use]
    pub fn property(self, name: &str) -> Option<Self> {
        let all = self.all_of_property(name);
        // If several parts declare it, the one with a type names it.
        let typed = all.iter().find(|schema| !schema.types().is_empty());
        typed.or(all.first()).copied()
    }

    /// Every schema that a property must satisfy.
    #[must_use]
    pub fn all_of_property(self, name: &str) -> Vec<Self> {
        self.parts()
            .into_iter()
            .filter_map(|part| part.child(part.at.get("properties")?.get(name)?))
            .collect()
    }

    /// The schema that `patternProperties` has for a member; `Err(())` when a pattern cannot be read.
    #[allow(clippy::result_unit_err, reason = "there is nothing more to say")]
    pub fn pattern_property(self, name: &str) -> Result<Option<Self>, ()> {
        for part in self.parts() {
            for entry in part.at.get("patternProperties").into_iter().flat_map(Cursor::members) {
                match crate::pattern::is_found(entry.key, name) {
                    Some(true) => return part.child(entry.value).map(Some).ok_or(()),
                    Some(false) => {}
                    None => return Err(()),
                }
            }
        }
        Ok(None)
    }

    /// The schema of an array's items; of a tuple (`prefixItems`), of one place in it.
    #[must_use]
    pub fn item(self, index: Option<usize>) -> Option<Self> {
        let parts = self.parts();
        let tuple = index.and_then(|index| {
            parts
                .iter()
                .find_map(|part| part.at.get("prefixItems")?.items().nth(index))
        });
        let at = tuple.or_else(|| {
            parts
                .iter()
                .find_map(|part| part.at.get("items").filter(|items| items.is_object()))
        })?;
        self.child(at)
    }

    /// The schema of members that `properties` does not name; `Err(())` when there can be none.
    #[allow(clippy::result_unit_err, reason = "there is nothing more to say")]
    pub fn additional(self) -> Result<Option<Self>, ()> {
        let found: Vec<(Self, Cursor<'a>)> = self
            .parts()
            .into_iter()
            .filter_map(|part| Some((part, part.at.get("additionalProperties")?)))
            .collect();
        if found.iter().any(|(_, at)| at.as_bool() == Some(false)) {
            return Err(());
        }
        let typed = found.into_iter().find(|(_, at)| at.is_object());
        Ok(typed.and_then(|(part, at)| part.child(at)))
    }

    /// The reference of a property that cannot be resolved.
    fn broken_property(self, name: &str) -> Option<BrokenReference<'a>> {
        let mut parts = self.parts().into_iter();
        let at = parts.find_map(|part| part.at.get("properties")?.get(name))?;
        Self::within(at, self.resource).err()
    }

    /// Follows the tokens of a JSON Pointer.
    #[must_use]
    pub fn walk<'t>(self, tokens: impl IntoIterator<Item = &'t str>) -> Walk<'a> {
        let mut schema = self;
        let mut required = true;
        for (index, token) in tokens.into_iter().enumerate() {
            if !schema.alternatives().is_empty() && schema.property(token).is_none() {
                return Walk::Unknown { at: None };
            }
            let types = schema.types().without(Type::Null);
            if types.is_empty() {
                return Walk::Unknown { at: None };
            }
            required &= !schema.nullable() && types.single().is_some();
            let next = if types.allows(Type::Object) && !types.allows(Type::Array) {
                match schema.property(token) {
                    Some(next) => {
                        // What is sent only is not in a response (OpenAPI 3.0.4, "Schema Object").
                        required &= schema.requires(token) && !next.flag("writeOnly");
                        next
                    }
                    None if schema.properties().iter().any(|(name, ..)| *name == token) => {
                        return schema
                            .broken_property(token)
                            .map_or(Walk::Unknown { at: None }, |broken| Walk::Broken(Box::new(broken)));
                    }
                    None if schema.pattern_property(token).is_err() => return Walk::Unknown { at: None },
                    None => match schema
                        .pattern_property(token)
                        .ok()
                        .flatten()
                        .map_or_else(|| schema.additional(), |next| Ok(Some(next)))
                    {
                        Ok(Some(next)) => {
                            required = false;
                            next
                        }
                        Ok(None) if schema.properties().is_empty() => return Walk::Unknown { at: None },
                        Ok(None) => {
                            return Walk::Unknown {
                                at: Some((schema, index)),
                            };
                        }
                        Err(()) => return Walk::Impossible { schema, token: index },
                    },
                }
            } else if types.single() == Some(Type::Array) {
                // One that counts from the end may be anywhere.
                let from_end = token.starts_with(crate::jsonpath::INDEX);
                let Some(position) = crate::jsonpath::position(token, 0).or(from_end.then_some(usize::MAX)) else {
                    return Walk::Impossible { schema, token: index };
                };
                required = false;
                match schema.item(Some(position)) {
                    Some(next) => next,
                    None => return Walk::Unknown { at: None },
                }
            } else if types.allows(Type::Object) || types.allows(Type::Array) {
                return Walk::Unknown { at: None };
            } else {
                return Walk::Impossible { schema, token: index };
            };
            schema = next;
        }
        Walk::Found { schema, required }
    }
}

/// The JSON type of a value in a file.
#[must_use]
pub fn type_of(value: Cursor<'_>) -> Option<Type> {
    Some(match &value.node().data {
        Data::Null => Type::Null,
        Data::Bool(_) => Type::Boolean,
        Data::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => Type::Integer,
        Data::Number(_) => Type::Number,
        Data::String(_) => Type::String,
        Data::Array(_) => Type::Array,
        Data::Object(_) => Type::Object,
        Data::Link(_) | Data::Deferred(_) => return None,
    })
}

/// Reports every reference below `at` that leads nowhere, each once.
pub fn check_references(at: Cursor<'_>, rule: &'static rule::Rule, diagnostics: &mut Diagnostics) {
    let mut stack = vec![at];
    while let Some(cursor) = stack.pop() {
        if cursor.get("$ref").is_some_and(|value| value.as_str().is_some())
            && let Err(broken) = follow_within(cursor, at)
        {
            diagnostics.push(broken.diagnostic(rule));
        }
        stack.extend(cursor.members().map(|entry| entry.value).chain(cursor.items()));
    }
}
