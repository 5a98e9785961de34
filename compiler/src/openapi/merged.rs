//! An object with a `$ref`, merged with the target of the reference.

use crate::schema::{BrokenReference, chain, follow};
use crate::source::{Cursor, Entry, Span};

/// An object with a `$ref`, merged with the objects that it refers to. Members of the first object win. OpenAPI allows
/// members next to the `$ref` of a Path Item Object; published descriptions also have them in operations.
#[derive(Clone, Copy, Debug)]
pub struct Merged<'a> {
    own: Cursor<'a>,
    /// The end of the chain of references.
    target: Option<Cursor<'a>>,
}

impl<'a> Merged<'a> {
    /// Returns the object as written, without following its reference.
    pub(super) fn literally(at: Cursor<'a>) -> Self {
        Self { own: at, target: None }
    }

    pub(super) fn new(at: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        let (target, _) = follow(at)?;
        let referred = at.get("$ref").is_some_and(|reference| reference.as_str().is_some());
        Ok(Self {
            own: at,
            target: referred.then_some(target),
        })
    }

    /// Returns the member with a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Cursor<'a>> {
        self.all(key).next()
    }

    /// Returns the values of a key: first that of the object itself, then those of the objects it refers to.
    pub(super) fn all(self, key: &str) -> impl Iterator<Item = Cursor<'a>> {
        self.chain().filter_map(move |at| at.get(key))
    }

    fn chain(self) -> impl Iterator<Item = Cursor<'a>> {
        let referred = self.target.is_some();
        chain(self.own).take(if referred { usize::MAX } else { 1 })
    }

    pub(super) fn members(self) -> impl Iterator<Item = Entry<'a>> {
        let all = self.chain().flat_map(Cursor::members);
        all.filter(move |entry| {
            entry.key != "$ref" && self.get(entry.key).map(Cursor::span) == Some(entry.value.span())
        })
    }

    pub(super) fn is_object(self) -> bool {
        self.target.unwrap_or(self.own).is_object()
    }

    /// Returns the location of the object.
    #[must_use]
    pub fn span(self) -> Span {
        self.target.unwrap_or(self.own).span()
    }
}
