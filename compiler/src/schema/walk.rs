//! Follows pointers through schemas.

use super::Schema;
use super::reference::BrokenReference;
use super::types::Type;

/// What a pointer selects in a schema.
#[derive(Clone, Debug)]
pub enum Walk<'a> {
    /// A reference that cannot be resolved: any value.
    Broken(Box<BrokenReference<'a>>),
    /// A schema.
    Found {
        /// The selected schema.
        schema: Schema<'a>,
        /// Whether a valid instance always has a value there, because every member on the path is required.
        required: bool,
    },
    /// Something about which the schema says nothing. `at` is set if a schema with properties does not list the member.
    Unknown {
        /// The schema that does not list the member, and the index of the token.
        at: Option<(Schema<'a>, usize)>,
    },
    /// Something that no valid instance has.
    Impossible {
        /// The schema that excludes it.
        schema: Schema<'a>,
        /// The index of the token that the schema excludes.
        token: usize,
    },
}

impl<'a> Schema<'a> {
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
                        // A `writeOnly` member is not in a response (OpenAPI 3.0.4, "Schema Object").
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
                // An index from the end may refer to any position.
                let from_end = token.starts_with(crate::syntax::jsonpath::INDEX);
                let Some(position) = crate::syntax::jsonpath::position(token, 0).or(from_end.then_some(usize::MAX))
                else {
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
