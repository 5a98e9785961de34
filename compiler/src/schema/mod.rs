//! Phase 2b: one view of JSON Schema in Arazzo inputs (2020-12) and in every version of OpenAPI.
//!
//! Nothing is copied: a [`Schema`] is a [`Cursor`] that can also follow `$ref`.

mod reference;
mod types;
mod walk;

pub use reference::BrokenReference;
pub use reference::chain;
pub use reference::check_references;
pub use reference::follow;
use reference::{follow_within, hop, reference_of, says_more, says_nullable};

use crate::source::{Cursor, Data, Span};

pub use types::Type;
pub use types::Types;
pub use types::type_of;
pub use walk::Walk;

/// A schema, with its references followed.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'a> {
    /// The schema object (or boolean) itself, never a reference.
    pub at: Cursor<'a>,
    /// The root of the schema that contains it.
    pub resource: Cursor<'a>,
    /// The last name in the reference to it: `User` of `#/components/schemas/User`.
    pub name: Option<&'a str>,
    /// Whether `nullable` is written next to the reference to it.
    null_beside: bool,
}

impl<'a> Schema<'a> {
    /// Returns the schema at a cursor.
    ///
    /// # Errors
    /// A `$ref` cannot be resolved.
    pub fn new(at: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        Self::within(at, at.document())
    }

    /// Returns the schema at a cursor, which is part of the schema at `resource`.
    ///
    /// # Errors
    /// A `$ref` cannot be resolved.
    pub fn within(at: Cursor<'a>, resource: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        let followed = follow_within(at, resource)?;
        if !says_more(at) {
            return Ok(followed);
        }
        // The keywords next to the reference are the schema, and the target of the reference is a part of it.
        Ok(Self {
            at,
            resource,
            ..followed
        })
    }

    /// Returns the location that identifies the type: the target of a reference, unless the keywords next to the
    /// reference change the shape of the instances.
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

    /// Returns a schema of the same resource.
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

    /// Returns the schemas that an instance must all satisfy: this one and, flattened, its `allOf` and the target of
    /// its `$ref`.
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

    /// Returns the schemas of `oneOf` or `anyOf`. An instance satisfies exactly one of them (`oneOf`) or at least one
    /// (`anyOf`).
    #[must_use]
    pub fn alternatives(self) -> Vec<Self> {
        self.parts()
            .into_iter()
            .flat_map(|part| ["oneOf", "anyOf"].into_iter().flat_map(move |key| part.list(key)))
            .collect()
    }

    /// Returns a string member, such as `format` or `description`, of the schema or a part of it.
    #[must_use]
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.parts().into_iter().find_map(|part| part.at.get(key)?.as_str())
    }

    /// Returns a number member as written.
    #[must_use]
    pub fn number(self, key: &str) -> Option<&'a str> {
        self.parts()
            .into_iter()
            .find_map(|part| match &part.at.get(key)?.node().data {
                Data::Number(text) => Some(&**text),
                _ => None,
            })
    }

    /// Returns a boolean member; false if it is missing.
    #[must_use]
    pub fn flag(self, key: &str) -> bool {
        self.parts()
            .into_iter()
            .any(|part| part.at.get(key).and_then(Cursor::as_bool) == Some(true))
    }

    /// Returns the types that the schema lists or that its keywords imply; empty if it says nothing.
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

    /// Returns whether `nullable` is in any of the places where generators of OpenAPI 3.0 write it for a reference:
    /// next to it, next to `allOf` or `oneOf`, or alone in a member of `allOf`.
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

    /// Returns whether null is an instance, as far as the schema says.
    #[must_use]
    pub fn nullable(self) -> bool {
        self.declares_null()
            || self.types().allows(Type::Null)
            || self.alternatives().iter().any(|part| part.types().allows(Type::Null))
    }

    /// Returns the values of `enum` or `const`.
    #[must_use]
    pub fn enumeration(self) -> Option<Vec<Cursor<'a>>> {
        let lists = self.parts().into_iter().filter_map(|part| {
            let list = part.at.get("enum").map(|list| list.items().collect::<Vec<_>>());
            list.or_else(|| part.at.get("const").map(|value| vec![value]))
        });
        // Several parts together allow the values that all of them allow; only strings are compared.
        lists.reduce(|known, list| {
            let strings = |list: &[Cursor<'a>]| list.iter().all(|value| value.as_str().is_some());
            if !strings(&known) || !strings(&list) {
                return known;
            }
            let allowed = |value: &Cursor<'a>| list.iter().any(|other| other.as_str() == value.as_str());
            known.into_iter().filter(allowed).collect()
        })
    }

    /// Returns the names that `required` lists.
    #[must_use]
    pub fn required(self) -> Vec<Cursor<'a>> {
        self.parts()
            .into_iter()
            .flat_map(|part| part.at.get("required").into_iter().flat_map(Cursor::items))
            .collect()
    }

    /// Returns whether `required` lists a member.
    #[must_use]
    pub fn requires(self, name: &str) -> bool {
        self.required().iter().any(|item| item.as_str() == Some(name))
    }

    /// Returns the properties in file order, with those of `allOf` at the end.
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

    /// Returns the schema of a property.
    #[must_use]
    pub fn property(self, name: &str) -> Option<Self> {
        let all = self.all_of_property(name);
        // If several parts declare it, the part with a type determines the schema.
        let typed = all.iter().find(|schema| !schema.types().is_empty());
        typed.or(all.first()).copied()
    }

    /// Returns every schema that a property must satisfy.
    #[must_use]
    pub fn all_of_property(self, name: &str) -> Vec<Self> {
        self.parts()
            .into_iter()
            .filter_map(|part| part.child(part.at.get("properties")?.get(name)?))
            .collect()
    }

    /// Returns the schema in `patternProperties` for a member; `Err(())` if a pattern cannot be read.
    #[allow(clippy::result_unit_err, reason = "there is nothing more to say")]
    pub fn pattern_property(self, name: &str) -> Result<Option<Self>, ()> {
        for part in self.parts() {
            for entry in part.at.get("patternProperties").into_iter().flat_map(Cursor::members) {
                match crate::engine::is_found(entry.key, name) {
                    Some(true) => return part.child(entry.value).map(Some).ok_or(()),
                    Some(false) => {}
                    None => return Err(()),
                }
            }
        }
        Ok(None)
    }

    /// Returns the schema of an array's items; for a tuple (`prefixItems`), of one position in it.
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

    /// Returns the schema of members that `properties` does not list; `Err(())` if no such members are allowed.
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

    /// Returns the reference of a property that cannot be resolved.
    fn broken_property(self, name: &str) -> Option<BrokenReference<'a>> {
        let mut parts = self.parts().into_iter();
        let at = parts.find_map(|part| part.at.get("properties")?.get(name))?;
        Self::within(at, self.resource).err()
    }
}
