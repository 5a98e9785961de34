//! Sets of JSON types.

use crate::source::{Cursor, Data};

/// The JSON types that a schema allows, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Types {
    pub(super) bits: u8,
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
    /// Returns the name of the type in JSON Schema.
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
    /// Returns the set with one type.
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

    /// Removes a type.
    #[must_use]
    pub fn without(self, kind: Type) -> Self {
        Self {
            bits: self.bits & !(kind as u8),
        }
    }

    /// Returns the complement of the set.
    #[must_use]
    pub fn complement(self) -> Self {
        let all = Type::ALL.into_iter().fold(Self::default(), Self::with);
        Self {
            bits: all.bits & !self.bits,
        }
    }

    /// Returns whether a type is in the set. A set that allows numbers also allows integers.
    #[must_use]
    pub fn allows(self, kind: Type) -> bool {
        self.bits & kind as u8 != 0 || (kind == Type::Integer && self.bits & Type::Number as u8 != 0)
    }

    /// Returns whether no instance of these types is an instance of the other types. If nothing is known about one of
    /// them, they do not exclude each other.
    #[must_use]
    pub fn excludes(self, found: Self) -> bool {
        let fits = |kind| self.allows(kind) || (kind == Type::Number && self.allows(Type::Integer));
        !self.is_empty() && !found.is_empty() && !Type::ALL.into_iter().any(|kind| found.allows(kind) && fits(kind))
    }

    /// Returns whether nothing is known.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Returns the only type in the set, if there is exactly one.
    #[must_use]
    pub fn single(self) -> Option<Type> {
        Type::ALL.into_iter().find(|&kind| self.bits == kind as u8)
    }

    /// Returns the names of the types, for messages.
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

/// Returns the JSON type of a value in a file.
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
