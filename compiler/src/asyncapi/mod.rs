//! Phase 2b: one view of AsyncAPI 2.0 to 2.6, 3.0 and 3.1.
//!
//! Input: the root [`Cursor`] of a description. Output: [`Channel`]s, [`Operation`]s and [`Message`]s, which are read only
//! when a step refers to them.

mod message;

pub use message::{Location, Message, Part, location};

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Direction;
use crate::schema::{BrokenReference, follow};
use crate::source::{Cursor, Entry, Span};
use crate::syntax::expression::unescape;
use crate::syntax::path_template;

/// A description of channels and messages.
#[derive(Clone, Copy, Debug)]
pub struct Description<'a> {
    /// The whole description.
    pub root: Cursor<'a>,
    /// The major version: 2 or 3.
    pub major: u8,
}

/// A channel.
#[derive(Clone, Copy, Debug)]
pub struct Channel<'a> {
    /// Its key in `channels`.
    pub name: &'a str,
    /// The location of the key.
    pub span: Span,
    /// The Channel Object (2.x: Channel Item Object), after its reference.
    pub at: Cursor<'a>,
    description: Description<'a>,
}

/// An operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// Its id: the key in `operations`, or `operationId` in 2.x.
    pub id: Option<&'a str>,
    /// The location of the id.
    pub span: Span,
    /// Its channel.
    pub channel: Channel<'a>,
    /// What the described application does. In 2.x, what users of the application do.
    says: Direction,
    at: Cursor<'a>,
}

impl<'a> Description<'a> {
    /// Opens a description; reports an unsupported one.
    pub fn open(root: Cursor<'a>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(version) = root.get("asyncapi") else {
            let message = "the file is not an AsyncAPI description: it has no `asyncapi`";
            diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, root.span(), message));
            return None;
        };
        let text = version.scalar_text().unwrap_or("");
        let is = |minor: &str| text == minor || text.strip_prefix(minor).is_some_and(|rest| rest.starts_with('.'));
        let two = ["2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"];
        let major = match text {
            _ if two.into_iter().any(is) => 2,
            _ if is("3.0") || is("3.1") => 3,
            _ => {
                let message = format!("AsyncAPI version `{text}` is not supported");
                diagnostics.push(
                    Diagnostic::new(&rule::SOURCE_VERSION_UNSUPPORTED, version.span(), message)
                        .help("supported versions are AsyncAPI 2.0 to 2.6, 3.0 and 3.1"),
                );
                return None;
            }
        };
        Some(Self { root, major })
    }

    /// Returns all channels in file order, except those whose `$ref` cannot be resolved.
    pub fn channels(self) -> impl Iterator<Item = Channel<'a>> {
        let channels = self.root.get("channels").and_then(|at| Some(follow(at).ok()?.0));
        let members = channels.into_iter().flat_map(Cursor::members);
        members.filter_map(move |entry| self.channel(entry).ok())
    }

    fn channel(self, entry: Entry<'a>) -> Result<Channel<'a>, BrokenReference<'a>> {
        Ok(Channel {
            name: entry.key,
            span: entry.key_span,
            at: follow(entry.value)?.0,
            description: self,
        })
    }

    /// Returns the channel at a JSON Pointer, such as `/channels/orders`.
    ///
    /// # Errors
    /// A `$ref` of the channel cannot be resolved.
    pub fn channel_at(self, pointer: &str) -> Result<Option<Channel<'a>>, BrokenReference<'a>> {
        let Some(key) = pointer.strip_prefix("/channels/").filter(|key| !key.contains('/')) else {
            return Ok(None);
        };
        let name = unescape(key).unwrap_or_default();
        let entry = self.root.get("channels").and_then(|channels| channels.entry(&name));
        entry.map(|entry| self.channel(entry)).transpose()
    }

    /// Returns all operations in file order, except those whose channel cannot be found.
    #[must_use]
    pub fn operations(self) -> Vec<Operation<'a>> {
        if self.major == 2 {
            let of = |channel: Channel<'a>| {
                // "publish" is what users of the application send (AsyncAPI 2.6.0, "Channel Item Object").
                let both = [("publish", Direction::Send), ("subscribe", Direction::Receive)];
                both.into_iter().filter_map(move |(key, says)| {
                    let at = follow(channel.at.get(key)?).ok()?.0;
                    let id = at.get("operationId");
                    Some(Operation {
                        id: id.and_then(Cursor::as_str),
                        span: id.map_or(at.span(), Cursor::span),
                        channel,
                        says,
                        at,
                    })
                })
            };
            return self.channels().flat_map(of).collect();
        }
        let all = self.root.get("operations").into_iter().flat_map(Cursor::members);
        all.filter_map(|entry| {
            let at = follow(entry.value).ok()?.0;
            Some(Operation {
                id: Some(entry.key),
                span: entry.key_span,
                channel: self.channel_of(at)?,
                says: match at.get("action")?.as_str()? {
                    "send" => Direction::Send,
                    "receive" => Direction::Receive,
                    _ => return None,
                },
                at,
            })
        })
        .collect()
    }

    /// Returns the channel that an operation of 3.x refers to.
    fn channel_of(self, operation: Cursor<'a>) -> Option<Channel<'a>> {
        let channel = operation.get("channel")?;
        let reference = channel.get("$ref").and_then(Cursor::as_str);
        let named = reference.and_then(|text| self.channel_at(text.strip_prefix('#')?).ok()?);
        named.or_else(|| {
            let target = follow(channel).ok()?.0.span();
            self.channels().find(|known| known.at.span() == target)
        })
    }
}

impl<'a> Channel<'a> {
    /// Returns the address; `None` if it is not known before run time.
    #[must_use]
    pub fn address(self) -> Option<&'a str> {
        match self.description.major {
            2 => Some(self.name),
            _ => self.at.get("address").and_then(Cursor::as_str),
        }
    }

    /// Returns the names of the parameters in the address.
    #[must_use]
    pub fn parameters(self) -> Vec<&'a str> {
        self.address().map(path_template::names).unwrap_or_default()
    }

    /// Returns whether a parameter has a value without a step that sets it: a default, or a place in the message.
    #[must_use]
    pub fn fills(self, parameter: &str) -> bool {
        let declared = self.at.get("parameters").and_then(|all| all.get(parameter));
        let declared = declared.and_then(|at| Some(follow(at).ok()?.0));
        declared.is_some_and(|at| at.get("default").is_some() || at.get("location").is_some())
    }

    /// Returns the messages that a step can send (2.x: `publish`) or receive (2.x: `subscribe`).
    #[must_use]
    pub fn messages(self, direction: Direction) -> Vec<Message<'a>> {
        if self.description.major == 3 {
            let all = self.at.get("messages").into_iter().flat_map(Cursor::members);
            return all
                .filter_map(|entry| self.message(entry.value, Some(entry.key)))
                .collect();
        }
        let key = match direction {
            Direction::Send => "publish",
            Direction::Receive => "subscribe",
        };
        let operation = self.at.get(key).and_then(|at| Some(follow(at).ok()?.0));
        operation.map(|at| self.messages_of(at)).unwrap_or_default()
    }

    /// Returns the messages of an operation.
    fn messages_of(self, operation: Cursor<'a>) -> Vec<Message<'a>> {
        if self.description.major == 3 {
            let listed = operation.get("messages").into_iter().flat_map(Cursor::items);
            return listed.filter_map(|at| self.message(at, None)).collect();
        }
        let Some(message) = operation.get("message").and_then(|at| Some(follow(at).ok()?.0)) else {
            return Vec::new();
        };
        match message.get("oneOf") {
            Some(all) => all.items().filter_map(|at| self.message(at, None)).collect(),
            None => self.message(message, None).into_iter().collect(),
        }
    }

    fn message(self, at: Cursor<'a>, key: Option<&'a str>) -> Option<Message<'a>> {
        let (at, name) = follow(at).ok()?;
        let named = at.get("name").and_then(Cursor::as_str);
        Some(Message::new(at, key.or(name).or(named), self.description))
    }
}

impl<'a> Operation<'a> {
    /// Returns what a step does that uses the operation. In 3.x the operation is described from the other side, unless the
    /// step says the same word.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self.channel.description.major {
            2 => self.says,
            _ => match self.says {
                Direction::Send => Direction::Receive,
                Direction::Receive => Direction::Send,
            },
        }
    }

    /// Returns whether a step can use the operation in this direction.
    #[must_use]
    pub fn allows(self, direction: Direction) -> bool {
        self.channel.description.major == 3 || self.says == direction
    }

    /// Returns its messages.
    #[must_use]
    pub fn messages(self) -> Vec<Message<'a>> {
        if self.channel.description.major == 3 && self.at.get("messages").is_none() {
            return self.channel.messages(self.says);
        }
        self.channel.messages_of(self.at)
    }
}
