//! Resolves steps that send or receive on a channel.

use super::value::Place;
use super::{Act, Exchange, NamedChannels, Request, Scope, Value, listed};
use crate::asyncapi::{self, Channel, Description, Message, Operation};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Direction, Location, Target, Text};
use crate::media;
use crate::openapi::{self, Media};
use crate::schema::Schema;
use crate::source::Span;
use crate::syntax::expression::{self, Root};

/// A channel that a step names, by itself or by an operation.
pub(super) struct Named<'a> {
    /// The index of the description among the APIs.
    index: usize,
    text: Text<'a>,
    channel: Channel<'a>,
    operation: Option<Operation<'a>>,
}

impl<'a> Scope<'a, '_> {
    /// Returns whether an `operationId` names an operation of an AsyncAPI description.
    pub(super) fn is_channel_operation(&self, id: &str) -> bool {
        if let Some(rest) = id.strip_prefix("$sourceDescriptions.") {
            return self.channels_named(rest).is_some();
        }
        self.apis.iter().all(|named| named.operations_of(id).next().is_none())
            && self.operations_on_channels(id).next().is_some()
    }

    /// Returns the AsyncAPI description that the first part of `NAME.OPERATION` names, and the second part.
    fn channels_named<'t>(&self, text: &'t str) -> Option<(NamedChannels<'a>, &'t str)> {
        self.channels
            .iter()
            .find_map(|named| Some((*named, text.strip_prefix(named.name)?.strip_prefix('.')?)))
    }

    fn operations_on_channels<'i>(
        &self,
        id: &'i str,
    ) -> impl Iterator<Item = (NamedChannels<'a>, Operation<'a>)> + use<'i, 'a, '_> {
        let of = move |named: &NamedChannels<'a>| {
            let named = *named;
            let all = named.description.map(Description::operations);
            let all = all.unwrap_or_default().into_iter();
            all.filter(move |operation| operation.id == Some(id))
                .map(move |operation| (named, operation))
        };
        self.channels.iter().flat_map(of)
    }

    /// Returns whether a step sends or receives on a channel.
    pub(super) fn is_asynchronous(&self, step: &document::Step<'a>) -> bool {
        step.targets.iter().any(|(target, text)| match target {
            Target::ChannelPath => true,
            Target::OperationId => self.is_channel_operation(text.value),
            Target::OperationPath | Target::WorkflowId => false,
        })
    }

    /// Finds the channel of an `operationId`.
    pub(super) fn channel_operation(&mut self, text: Text<'a>) -> Option<Named<'a>> {
        let value = text.value;
        let qualified = value.strip_prefix("$sourceDescriptions.");
        let (id, found) = match qualified.and_then(|rest| self.channels_named(rest)) {
            Some((named, id)) => {
                let Some(description) = named.description else {
                    self.asyncapi_unsupported(text.span());
                    return None;
                };
                let mut all = description.operations().into_iter();
                (id, all.find(|known| known.id == Some(id)).map(|known| (named, known)))
            }
            None => (value, self.operations_on_channels(value).next()),
        };
        if let Some((named, operation)) = found {
            return Some(Named {
                index: named.index,
                text,
                channel: operation.channel,
                operation: Some(operation),
            });
        }
        self.unknown_channel_operation(id, text.at.part(value.len() - id.len(), value.len()));
        None
    }

    /// Reports an id that no operation on a channel has.
    pub(super) fn unknown_channel_operation(&mut self, id: &str, span: Span) {
        let descriptions = self.channels.iter().filter_map(|named| named.description);
        let all: Vec<&str> = descriptions
            .flat_map(Description::operations)
            .filter_map(|operation| operation.id)
            .collect();
        let help = match similar(id, all.iter().copied()) {
            Some(known) => format!("an operation with a similar name exists: `{known}`"),
            None if all.is_empty() => "the description has no operations; use `channelPath` and `action`".to_owned(),
            None => format!("the operations are {}", listed(all.iter().copied())),
        };
        let message = format!("unknown operationId `{id}`");
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
    }

    /// Finds the channel of a `channelPath`: `{$sourceDescriptions.NAME.url}#/channels/orders`
    pub(super) fn channel_by_path(&mut self, text: Text<'a>) -> Option<Named<'a>> {
        let value = text.value;
        let inside = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((inner, pointer)) = inside.and_then(|(inner, rest)| Some((inner, rest.strip_prefix('#')?))) else {
            self.channel_path_syntax(text);
            return None;
        };
        let parsed = match expression::parse_in(value, 1..inner.len() + 1) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.expression_error(&error, text.at);
                return None;
            }
        };
        let source = match &parsed.root {
            Root::Source { source, reference } if reference.text == "url" => source,
            _ => {
                self.channel_path_syntax(text);
                return None;
            }
        };
        let span = text.at.part(source.at.start, source.at.end);
        let Some(named) = self.channels.iter().find(|named| named.name == source.text).copied() else {
            let known = self
                .document
                .sources
                .iter()
                .any(|known| known.name.value == source.text);
            if known {
                let message = format!(
                    "`{}` is not an AsyncAPI description, so it has no channels",
                    source.text
                );
                self.diagnostics.push(
                    Diagnostic::new(&rule::CHANNEL_PATH_UNRESOLVED, span, message)
                        .help("use `operationId` for an operation of an OpenAPI description"),
                );
            } else {
                self.unknown_source(&source.text, span);
            }
            return None;
        };
        let Some(description) = named.description else {
            self.asyncapi_unsupported(text.span());
            return None;
        };
        match description.channel_at(pointer) {
            Ok(Some(channel)) => Some(Named {
                index: named.index,
                text,
                channel,
                operation: None,
            }),
            Ok(None) => {
                let message = format!("cannot find a channel at `{pointer}` in `{}`", named.name);
                let all: Vec<String> = description
                    .channels()
                    .map(|channel| format!("/channels/{}", expression::escape(channel.name)))
                    .collect();
                let help = match similar(pointer, all.iter().map(String::as_str)) {
                    Some(known) => format!("a channel with a similar path exists: `{known}`"),
                    None => format!("the channels are {}", listed(all.iter().map(String::as_str))),
                };
                let span = text.at.part(value.len() - pointer.len(), value.len());
                self.diagnostics
                    .push(Diagnostic::new(&rule::CHANNEL_PATH_UNRESOLVED, span, message).help(help));
                None
            }
            Err(broken) => {
                self.diagnostics.push(
                    broken
                        .diagnostic(&rule::CHANNEL_PATH_UNRESOLVED)
                        .related(text.span(), "required by this channel path"),
                );
                None
            }
        }
    }

    fn channel_path_syntax(&mut self, text: Text<'a>) {
        let message = format!("`{}` is not a valid channel path", text.value);
        let name = self.channels.first().map_or("NAME", |named| named.name);
        self.diagnostics.push(
            Diagnostic::new(&rule::CHANNEL_PATH_SYNTAX, text.span(), message).help(format!(
                "a channel path has the form `'{{$sourceDescriptions.{name}.url}}#/channels/orders'`"
            )),
        );
    }

    /// Resolves what a step sends or receives.
    pub(super) fn exchange(&mut self, step: &'a document::Step<'a>, named: Option<Named<'a>>) -> Act<'a> {
        let direction = named.as_ref().and_then(|named| self.direction(step, named));
        let (Some(named), Some(direction)) = (named, direction) else {
            self.visit_unbound(step);
            return Act::Unresolved;
        };
        let messages = match named.operation {
            Some(operation) => operation.messages(),
            None => named.channel.messages(direction),
        };
        let operation = as_operation(&named, &messages, direction);
        let (arguments, complete) = self.arguments(step, &operation, Some(direction));
        let body = match (&step.request_body, direction) {
            (Some(body), Direction::Receive) => {
                self.body_on_receive(step, body.at.span());
                None
            }
            _ => self.body(step, &operation),
        };
        let correlation = self.correlation(step, &named, &messages);
        let request = Request {
            api: named.index,
            operation,
            arguments,
            complete,
            body,
        };
        Act::Channel(Box::new(Exchange {
            channel: named.channel,
            direction,
            messages,
            request,
            correlation,
        }))
    }

    fn direction(&mut self, step: &document::Step<'a>, named: &Named<'a>) -> Option<Direction> {
        match (step.action, named.operation) {
            (None, Some(operation)) => Some(operation.direction()),
            (Some((direction, span)), Some(operation)) if !operation.allows(direction) => {
                let right = operation.direction();
                let (from, kind) = match right {
                    Direction::Send => ("send by", "publish"),
                    Direction::Receive => ("receive from", "subscribe"),
                };
                let message = format!(
                    "`action: {}` does not fit `{}`: workflows {from} `{kind}` operations",
                    direction.word(),
                    named.operation.and_then(|operation| operation.id).unwrap_or_default(),
                );
                self.diagnostics.push(
                    Diagnostic::new(&rule::ACTION_MISMATCH, span, message)
                        .related(operation.span, "the operation")
                        .help(format!("write `action: {}`, or use another operation", right.word())),
                );
                None
            }
            (Some((direction, _)), _) => Some(direction),
            // An invalid value was reported.
            (None, None) if step.at.get("action").is_some() => None,
            (None, None) => {
                let message = format!("step `{}` has a `channelPath`, but no `action`", step.id.value);
                self.diagnostics.push(
                    Diagnostic::new(&rule::ACTION_REQUIRED, named.text.span(), message)
                        .help("add `action: send` or `action: receive`"),
                );
                None
            }
        }
    }

    fn body_on_receive(&mut self, step: &document::Step<'a>, span: Span) {
        let message = format!(
            "step `{}` receives a message and cannot have a request body",
            step.id.value
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::BODY_ON_RECEIVE, span, message)
                .help("to check the payload of the message, use `$message.payload` in `successCriteria`"),
        );
    }

    /// Resolves `correlationId`, and finds its location in the messages.
    fn correlation(
        &mut self,
        step: &'a document::Step<'a>,
        named: &Named<'a>,
        messages: &[Message<'a>],
    ) -> Option<Value> {
        let at = step.correlation_id?;
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        let value = self.value(at, &place);
        for (location, span) in messages.iter().filter_map(Message::correlation) {
            match asyncapi::location(location) {
                Some(asyncapi::Location { meant: None, .. }) => {}
                Some(asyncapi::Location { meant: Some(meant), .. }) => {
                    let message = format!("`{location}` selects a member without a JSON Pointer");
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CORRELATION_LOCATION_DOTTED, span, message)
                            .related(at.span(), "required by this `correlationId`")
                            .help(format!("write `{meant}`")),
                    );
                }
                None => {
                    let message = format!("`{location}` is not a location of a correlation ID");
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CORRELATION_ID_LOCATION, span, message)
                            .related(at.span(), "required by this `correlationId`")
                            .help("write `$message.header#/NAME` or `$message.payload#/NAME`"),
                    );
                    return None;
                }
            }
        }
        if let Some(message) = messages.iter().find(|message| message.correlation().is_none()) {
            let which = message.name.map_or_else(String::new, |name| format!(" `{name}`"));
            let text = format!(
                "the message{which} of channel `{}` declares no location for a correlation ID",
                named.channel.name
            );
            self.diagnostics.push(
                Diagnostic::new(&rule::CORRELATION_ID_LOCATION, at.span(), text)
                    .related(message.at.span(), "the message")
                    .help("add it to the message: `correlationId: { location: '$message.header#/correlationId' }`"),
            );
            return None;
        }
        Some(value)
    }
}

/// Describes the messages of a channel as an operation, whose path is the address.
fn as_operation<'a>(named: &Named<'a>, messages: &[Message<'a>], direction: Direction) -> openapi::Operation<'a> {
    let address = named.channel.address().unwrap_or_default();
    let sends = direction == Direction::Send;
    let id = named.operation.and_then(|operation| operation.id);
    openapi::Operation {
        id: Some(id.unwrap_or(named.channel.name)),
        method: direction.word().to_owned(),
        path: address,
        template: address.to_owned(),
        span: named.channel.span,
        server: String::new(),
        parameters: parameters(named.channel, messages, sends),
        body: sends.then(|| openapi::Body {
            required: messages.iter().any(|message| message.payload().is_some()),
            media: contents(messages),
        }),
        responses: Vec::new(),
        security: Vec::new(),
    }
}

/// The parameters of an address that have a value without a step, and the headers of messages that are sent.
fn parameters<'a>(channel: Channel<'a>, messages: &[Message<'a>], sends: bool) -> Vec<openapi::Parameter<'a>> {
    let filled = channel.parameters().into_iter().filter(|name| channel.fills(name));
    let mut all: Vec<openapi::Parameter<'a>> = filled
        .map(|name| parameter(name, Location::Path, false, None, channel.span))
        .collect();
    if sends {
        all.extend(headers(messages, channel.span));
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

/// The headers of messages as parameters. A header is required if every message requires it. The correlation ID is set
/// by the engine.
fn headers<'a>(messages: &[Message<'a>], channel: Span) -> Vec<openapi::Parameter<'a>> {
    let mut names: Vec<&'a str> = messages.iter().flat_map(Message::header_names).collect();
    names.sort_unstable();
    names.dedup();
    let header = |name: &'a str| {
        let correlates = |message: &Message<'a>| {
            let location = message.correlation().and_then(|(text, _)| asyncapi::location(text));
            location.is_some_and(|location| location.part == asyncapi::Part::Header && location.tokens == [name])
        };
        let required = |message: &Message<'a>| message.required_headers().contains(&name) && !correlates(message);
        let mut schemas = messages.iter().filter_map(|message| message.header(name));
        let schema = schemas.next();
        let span = schema.map_or(channel, |schema| schema.at.span());
        let alone = schema.filter(|_| schemas.next().is_none());
        parameter(name, Location::Header, messages.iter().all(required), alone, span)
    };
    names.into_iter().map(header).collect()
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
