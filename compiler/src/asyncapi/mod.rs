//! Phase 2b: one view of AsyncAPI 2.0 to 2.6, 3.0 and 3.1.
//!
//! Input: the root [`Cursor`] of a description. Output: [`Channel`]s, [`Operation`]s and [`Message`]s, which are read only
//! when a step refers to them.

mod message;

pub use message::{Location, Message, Part, location};

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Direction;
use crate::schema::{BrokenReference, follow};
use crate::source::{Cursor, Entry, Span};
use crate::syntax::expression::unescape;
use crate::syntax::path_template;

/// Channel bindings that name what messages are sent to, by AsyncAPI's specifications of bindings.
const NAMING_BINDINGS: [&[&str]; 7] = [
    &["amqp", "exchange", "name"],
    &["amqp", "queue", "name"],
    &["googlepubsub", "topic"],
    &["ibmmq", "queue", "objectName"],
    &["jms", "destination"],
    &["kafka", "topic"],
    &["sqs", "queue", "name"],
];

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

/// The value of a parameter of an address that no step sets.
#[derive(Clone, Debug)]
pub enum Filled<'a> {
    /// A value at a location of the message.
    Message(Location),
    /// The default of the parameter.
    Default(Cursor<'a>),
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

/// The reply of an operation (AsyncAPI 3.0.0, "Operation Reply Object").
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The object, after its reference.
    pub at: Cursor<'a>,
    /// The Channel Object that it names, if that has an address.
    pub channel: Option<Cursor<'a>>,
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
        let key = pointer.strip_prefix("/channels/").filter(|key| !key.contains('/'));
        let Some(name) = key.and_then(unescape) else {
            return Ok(None);
        };
        let channels = self.root.get("channels").and_then(|at| Some(follow(at).ok()?.0));
        let entry = channels.and_then(|channels| channels.entry(&name));
        entry.map(|entry| self.channel(entry)).transpose()
    }

    /// Lists the operations. Their messages are not read.
    #[must_use]
    pub fn index(self) -> Index<'a> {
        let mut index = Index::default();
        if self.major == 2 {
            let channels = self.root.get("channels").and_then(|at| Some(follow(at).ok()?.0));
            for entry in channels.into_iter().flat_map(Cursor::members) {
                match self.channel(entry) {
                    Ok(channel) => index.add_channel(channel),
                    Err(broken) => index.unnamed.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED)),
                }
            }
            return index;
        }
        let by_place: BTreeMap<Span, Channel<'a>> =
            self.channels().map(|channel| (channel.at.span(), channel)).collect();
        let all = self.root.get("operations").and_then(|at| Some(follow(at).ok()?.0));
        for entry in all.into_iter().flat_map(Cursor::members) {
            match self.operation(entry, &by_place) {
                Ok(operation) => index.add(operation),
                Err(problem) => {
                    index.broken.insert(entry.key, problem);
                }
            }
        }
        index
    }

    /// Reads an operation of 3.x.
    fn operation(self, entry: Entry<'a>, channels: &BTreeMap<Span, Channel<'a>>) -> Result<Operation<'a>, Diagnostic> {
        let malformed = |message: String, help: &str| {
            Diagnostic::new(&rule::MALFORMED_DESCRIPTION, entry.key_span, message).help(help)
        };
        let unresolved = |broken: BrokenReference<'_>| broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED);
        let at = follow(entry.value).map_err(unresolved)?.0;
        let says = match at.get("action").and_then(Cursor::as_str) {
            Some("send") => Direction::Send,
            Some("receive") => Direction::Receive,
            _ => {
                let message = format!("the operation `{}` has no valid `action`", entry.key);
                return Err(malformed(message, "write `action: send` or `action: receive`"));
            }
        };
        let place = at.get("channel");
        let reference = place.and_then(|at| at.get("$ref")).and_then(Cursor::as_str);
        let named = match reference.and_then(|text| text.strip_prefix('#')) {
            Some(pointer) => self.channel_at(pointer).map_err(unresolved)?,
            None => None,
        };
        let channel = match (named, place) {
            (Some(channel), _) => Some(channel),
            (None, Some(place)) => channels.get(&follow(place).map_err(unresolved)?.0.span()).copied(),
            (None, None) => None,
        };
        let Some(channel) = channel else {
            let message = format!("the channel of the operation `{}` is not one of `channels`", entry.key);
            return Err(malformed(message, "write `channel: { $ref: '#/channels/NAME' }`"));
        };
        Ok(Operation {
            id: Some(entry.key),
            span: entry.key_span,
            channel,
            says,
            at,
        })
    }
}

/// The operations of a description, by their ids.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// The operations in file order.
    pub operations: Vec<Operation<'a>>,
    ids: BTreeMap<&'a str, Vec<usize>>,
    /// What is wrong with operations that cannot be used.
    broken: BTreeMap<&'a str, Diagnostic>,
    /// What is wrong with channels whose operations are therefore unknown.
    unnamed: Vec<Diagnostic>,
}

impl<'a> Index<'a> {
    fn add(&mut self, operation: Operation<'a>) {
        if let Some(id) = operation.id {
            self.ids.entry(id).or_default().push(self.operations.len());
        }
        self.operations.push(operation);
    }

    /// Adds the operations of a channel of 2.x.
    fn add_channel(&mut self, channel: Channel<'a>) {
        // "publish" is what users of the application send (AsyncAPI 2.6.0, "Channel Item Object").
        for (key, says) in [("publish", Direction::Send), ("subscribe", Direction::Receive)] {
            let Some(value) = channel.at.get(key) else { continue };
            match follow(value) {
                Ok((at, _)) => {
                    let id = at.get("operationId");
                    self.add(Operation {
                        id: id.and_then(Cursor::as_str),
                        span: id.map_or(at.span(), Cursor::span),
                        channel,
                        says,
                        at,
                    });
                }
                Err(broken) => self.unnamed.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED)),
            }
        }
    }

    /// Returns the operations with an id: one, unless the description is wrong.
    pub fn of(&self, id: &str) -> impl Iterator<Item = Operation<'a>> {
        let found = self.ids.get(id).into_iter().flatten();
        found.filter_map(|position| self.operations.get(*position).copied())
    }

    /// Returns what is wrong with an operation that cannot be used, or with those whose ids are unknown.
    pub fn problems(&self, id: &str) -> impl Iterator<Item = &Diagnostic> {
        self.broken.get(id).into_iter().chain(&self.unnamed)
    }

    /// Returns whether there is an operation with an id, even one that cannot be used.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.ids.contains_key(id) || self.broken.contains_key(id)
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
        self.address().map(path_template::address_names).unwrap_or_default()
    }

    /// Returns the value of a parameter that no step sets: its place in the message, or its default.
    #[must_use]
    pub fn filled(self, parameter: &str) -> Option<Filled<'a>> {
        self.parameter_value(parameter).ok().flatten()
    }

    /// Returns the value of a parameter that no step sets.
    ///
    /// # Errors
    /// It is described by something that is not a location or a default.
    pub fn parameter_value(self, parameter: &str) -> Result<Option<Filled<'a>>, Diagnostic> {
        let unresolved = |broken: BrokenReference<'_>| broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED);
        let malformed = |at: Cursor<'_>, message: String, help: &str| {
            Diagnostic::new(&rule::MALFORMED_DESCRIPTION, at.span(), message).help(help)
        };
        let Some(declared) = self.at.get("parameters").and_then(|all| all.get(parameter)) else {
            return Ok(None);
        };
        let (declared, _) = follow(declared).map_err(unresolved)?;
        if let Some(at) = declared.get("location") {
            let found = at.as_str().and_then(location).map(Filled::Message);
            let message = || format!("the `location` of the parameter `{parameter}` is not a location in a message");
            let help = "write `$message.header#/NAME` or `$message.payload#/NAME`";
            return found.map(Some).ok_or_else(|| malformed(at, message(), help));
        }
        let default = match (declared.get("default"), declared.get("schema")) {
            (Some(own), _) => Some(own),
            (None, Some(schema)) => follow(schema).map_err(unresolved)?.0.get("default"),
            (None, None) => None,
        };
        match default {
            Some(at) if at.scalar_text().is_none() => {
                let message = format!("the `default` of the parameter `{parameter}` is not text");
                Err(malformed(at, message, "write text, which is inserted into the address"))
            }
            default => Ok(default.map(Filled::Default)),
        }
    }

    /// Returns the binding by which a protocol has another name for the address, and that name.
    #[must_use]
    pub fn bound_elsewhere(self) -> Option<(String, Cursor<'a>)> {
        let bindings = follow(self.at.get("bindings")?).ok()?.0;
        NAMING_BINDINGS.iter().find_map(|path| {
            let (protocol, path) = path.split_first()?;
            let start = follow(bindings.get(protocol)?).ok()?.0;
            let at = path.iter().try_fold(start, |at, key| at.get(key))?;
            let other = at.scalar_text()?;
            let differs = !other.is_empty() && Some(other) != self.address();
            differs.then(|| (format!("{protocol}.{}", path.join(".")), at))
        })
    }

    /// Returns whether a step can use the channel in this direction: in 2.x, if it has an operation for it.
    #[must_use]
    pub fn allows(self, direction: Direction) -> bool {
        self.description.major == 3 || self.at.get(direction_key(direction)).is_some()
    }

    /// Returns the messages that a step can send (2.x: `publish`) or receive (2.x: `subscribe`).
    ///
    /// # Errors
    /// A `$ref` cannot be resolved.
    pub fn messages(self, direction: Direction) -> Result<Vec<Message<'a>>, BrokenReference<'a>> {
        if self.description.major == 3 {
            let all = self.at.get("messages").map(follow).transpose()?;
            let all = all.into_iter().flat_map(|(at, _)| at.members());
            return all.map(|entry| self.message(entry.value, Some(entry.key))).collect();
        }
        match self.at.get(direction_key(direction)) {
            Some(at) => self.messages_of(follow(at)?.0),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the messages of an operation.
    fn messages_of(self, operation: Cursor<'a>) -> Result<Vec<Message<'a>>, BrokenReference<'a>> {
        if self.description.major == 3 {
            let listed = operation.get("messages").into_iter().flat_map(Cursor::items);
            return listed.map(|at| self.listed(at)).collect();
        }
        let Some(message) = operation.get("message") else {
            return Ok(Vec::new());
        };
        let (at, _) = follow(message)?;
        match at.get("oneOf") {
            Some(all) => all.items().map(|at| self.message(at, None)).collect(),
            None => Ok(vec![self.message(message, None)?]),
        }
    }

    /// Returns a message that an operation lists, as `$ref: '#/channels/CHANNEL/messages/MESSAGE'`.
    fn listed(self, at: Cursor<'a>) -> Result<Message<'a>, BrokenReference<'a>> {
        // The channel can be a reference itself, through which a pointer does not lead.
        let reference = at.get("$ref").and_then(Cursor::as_str);
        let key = reference.and_then(|text| text.rsplit_once("/messages/"));
        if let Some((of, key)) = key
            && of.starts_with("#/channels/")
            && let Some(entry) = self.at.get("messages").and_then(|all| all.entry(&unescape(key)?))
        {
            return self.message(entry.value, Some(entry.key));
        }
        self.message(at, None)
    }

    fn message(self, at: Cursor<'a>, key: Option<&'a str>) -> Result<Message<'a>, BrokenReference<'a>> {
        let (at, name) = follow(at)?;
        let named = at.get("name").and_then(Cursor::as_str);
        Ok(Message::new(at, key.or(name).or(named), self.description))
    }
}

/// The key of the operation of 2.x for what a step does.
fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Send => "publish",
        Direction::Receive => "subscribe",
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
    ///
    /// # Errors
    /// A `$ref` cannot be resolved.
    pub fn messages(self) -> Result<Vec<Message<'a>>, BrokenReference<'a>> {
        if self.channel.description.major == 3 && self.at.get("messages").is_none() {
            return self.channel.messages(self.says);
        }
        self.channel.messages_of(self.at)
    }

    /// Returns its reply, which only 3.x describes.
    ///
    /// # Errors
    /// A `$ref` cannot be resolved.
    pub fn reply(self) -> Result<Option<Reply<'a>>, BrokenReference<'a>> {
        let Some(reply) = self.at.get("reply").filter(|_| self.channel.description.major == 3) else {
            return Ok(None);
        };
        let (at, _) = follow(reply)?;
        let channel = at.get("channel").map(follow).transpose()?;
        let channel = channel.map(|(at, _)| at).filter(|at| {
            let address = at.get("address");
            address.is_some_and(|address| address.as_str().is_some())
        });
        Ok(Some(Reply { at, channel }))
    }
}
