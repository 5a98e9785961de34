//! The messages of a channel, described as an operation: requests and messages are checked by the same rules.

use std::collections::{BTreeMap, BTreeSet};

use super::channel::Named;
use crate::asyncapi::{self, Channel, Filled, Message};
use crate::document::{Direction, Location};
use crate::media;
use crate::openapi::{self, Media};
use crate::schema::Schema;
use crate::source::Span;

/// Describes the messages of a channel as an operation, whose path is the address.
pub(super) fn as_operation<'a>(
    named: &Named<'a>,
    messages: &[Message<'a>],
    direction: Direction,
    correlates: bool,
) -> openapi::Operation<'a> {
    let address = named.channel.address().unwrap_or_default();
    let sends = direction == Direction::Send;
    let id = named.operation.and_then(|operation| operation.id);
    openapi::Operation {
        on_channel: true,
        id: Some(id.unwrap_or(named.channel.name)),
        method: direction.word().to_owned(),
        path: address,
        template: address.to_owned(),
        span: named.channel.span,
        server: String::new(),
        parameters: parameters(named.channel, messages, sends, correlates),
        body: sends.then(|| openapi::Body {
            required: !messages.is_empty() && messages.iter().all(|message| message.payload().is_some()),
            media: contents(messages),
        }),
        responses: Vec::new(),
        security: Vec::new(),
    }
}

/// The parameters of an address that have a value without a step, and the headers of messages that are sent.
fn parameters<'a>(
    channel: Channel<'a>,
    messages: &[Message<'a>],
    sends: bool,
    correlates: bool,
) -> Vec<openapi::Parameter<'a>> {
    let filled = channel
        .parameters()
        .into_iter()
        .filter(|name| match channel.filled(name) {
            Some(Filled::Default(_)) => true,
            // The message does not exist before it is received.
            Some(Filled::Message(_)) => sends,
            None => false,
        });
    let mut all: Vec<openapi::Parameter<'a>> = filled
        .map(|name| parameter(name, Location::Path, false, None, channel.span))
        .collect();
    if sends {
        all.extend(headers(messages, channel.span, correlates));
    }
    all
}

fn parameter<'a>(
    name: &'a str,
    location: Location,
    required: bool,
    schema: Option<Schema<'a>>,
    span: Span,
) -> openapi::Parameter<'a> {
    openapi::Parameter {
        name,
        location,
        required,
        style: "simple",
        explode: false,
        allow_reserved: false,
        content: None,
        schema,
        span,
    }
}

/// The headers of messages as parameters. A header is required if every message requires it, unless it is the correlation
/// ID and `correlates` says that it is set otherwise.
fn headers<'a>(messages: &[Message<'a>], channel: Span, correlates: bool) -> Vec<openapi::Parameter<'a>> {
    let mut required: Option<BTreeSet<&'a str>> = None;
    let mut schemas: BTreeMap<&'a str, Vec<Schema<'a>>> = BTreeMap::new();
    for message in messages {
        let mut own = message.required_headers();
        if let Some(location) = message.correlation().and_then(|(text, _)| asyncapi::location(text))
            && correlates
            && let (asyncapi::Part::Header, [name]) = (location.part, location.tokens.as_slice())
        {
            own.remove(name.as_str());
        }
        required = Some(required.map_or_else(|| own.clone(), |others| &others & &own));
        for name in message.header_names() {
            schemas.entry(name).or_default().extend(message.header(name));
        }
    }
    let required = required.unwrap_or_default();
    for name in &required {
        schemas.entry(name).or_default();
    }
    let header = |(name, schemas): (&'a str, Vec<Schema<'a>>)| {
        let span = schemas.first().map_or(channel, |schema| schema.at.span());
        let alone = schemas.first().copied().filter(|_| schemas.len() == 1);
        parameter(name, Location::Header, required.contains(name), alone, span)
    };
    schemas.into_iter().map(header).collect()
}

/// The content types of messages, with the schema of the payload where there is only one message of the type.
fn contents<'a>(messages: &[Message<'a>]) -> Vec<Media<'a>> {
    let mut found: Vec<Media<'a>> = Vec::new();
    for message in messages {
        let name = message.content_type();
        if let Some(known) = found.iter_mut().find(|known| media::same(known.name, name)) {
            known.schema = None;
            continue;
        }
        found.push(Media {
            name,
            schema: message.payload(),
            encoding: None,
            fields: Vec::new(),
            since_3_1: true,
        });
    }
    found
}
