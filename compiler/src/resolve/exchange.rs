//! Resolves what a step sends or receives on a channel.

use std::collections::BTreeSet;

use super::channel::{Found, Named};
use super::message::as_operation;
use super::value::Place;
use super::{Act, Argument, Exchange, Request, Scope, Value};
use crate::asyncapi::{self, Filled, Message, Reply};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::{self, Direction, Location};
use crate::schema::BrokenReference;
use crate::source::{Cursor, Span};

impl<'a> Scope<'a, '_> {
    /// Resolves what a step sends or receives.
    pub(super) fn exchange(&mut self, step: &'a document::Step<'a>, found: Found<'a>) -> Act<'a> {
        let named = match found {
            Found::Channel(named) => *named,
            Found::Reported => {
                self.visit_unbound(step);
                return Act::Unresolved;
            }
        };
        let Some(direction) = self.direction(step, &named) else {
            self.visit_unbound(step);
            return Act::Unresolved;
        };
        if named.channel.address().is_none() {
            self.address_unknown(step, &named);
            self.visit_unbound(step);
            return Act::Unresolved;
        }
        let Some(messages) = self.messages(step, &named, direction) else {
            self.visit_unbound(step);
            return Act::Unresolved;
        };
        self.channel_binding(&named);
        self.payload_formats(&named, &messages);
        if let (Direction::Send, Some(at)) = (direction, step.correlation_id) {
            self.correlation_of_sent(at, &messages);
        }
        let reply = self.reply(step, direction);
        let operation = as_operation(&named, &messages, direction, reply.is_some());
        let (arguments, complete) = self.arguments(step, &operation, Some(direction));
        self.address_parameters(&named, &arguments);
        let body = match (&step.request_body, direction) {
            (Some(body), Direction::Receive) => {
                self.body_on_receive(step, body.at.span());
                None
            }
            _ => self.body(step, &operation),
        };
        let correlation = match (step.correlation_id, reply) {
            (None, Some(reply)) => self.reply_value(step, reply, &messages, &arguments),
            (Some(_), _) if direction == Direction::Send => None,
            _ => self.correlation(step, &named, &messages),
        };
        let described = match direction {
            Direction::Send => self.described_reply(&named),
            Direction::Receive => None,
        };
        let request = Request {
            api: named.api,
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
            reply: described,
            correlation,
        }))
    }

    /// Returns the reply of the operation; reports one that cannot be found.
    fn described_reply(&mut self, named: &Named<'a>) -> Option<Reply<'a>> {
        named.operation?.reply().unwrap_or_else(|broken| {
            let problem = broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED);
            self.diagnostics
                .push(problem.related(named.text.span(), "used by this step"));
            None
        })
    }

    /// Returns the messages of a step, each once; reports references that cannot be resolved.
    fn messages(
        &mut self,
        step: &document::Step<'a>,
        named: &Named<'a>,
        direction: Direction,
    ) -> Option<Vec<Message<'a>>> {
        let found = match named.operation {
            Some(operation) => operation.messages(),
            None => named.channel.messages(direction),
        };
        let (mut messages, mut seen) = (Vec::new(), BTreeSet::new());
        let mut broken: Vec<BrokenReference<'a>> = Vec::new();
        match found {
            Ok(found) => {
                messages.extend(found.into_iter().filter(|message| seen.insert(message.at.span())));
                broken.extend(messages.iter().flat_map(Message::broken));
            }
            Err(reference) => broken.push(reference),
        }
        for reference in broken.iter().take(super::lookup::BROKEN) {
            let diagnostic = reference.diagnostic(&rule::SOURCE_REF_UNRESOLVED);
            let why = format!("required by step `{}`", step.id.value);
            self.diagnostics.push(diagnostic.related(named.text.span(), &why));
        }
        broken.is_empty().then_some(messages)
    }

    /// Returns the correlation ID of what a step sends, if it does not write one: that of the only step that waits for a
    /// reply, unless it is known only later.
    fn reply(&self, step: &document::Step<'a>, direction: Direction) -> Option<Cursor<'a>> {
        if direction == Direction::Receive || step.correlation_id.is_some() {
            return None;
        }
        let receives = |other: &&document::Step<'a>| {
            let operation = other
                .targets
                .iter()
                .find(|(target, _)| *target == document::Target::OperationId);
            match (other.action, operation) {
                (Some((direction, _)), _) => direction == Direction::Receive,
                (None, Some((_, text))) => {
                    let (id, searched) = self.searched_channels(text.value);
                    let mut all = searched.iter().flat_map(|named| named.index().of(id));
                    all.next()
                        .is_some_and(|operation| operation.direction() == Direction::Receive)
                }
                (None, None) => false,
            }
        };
        let waiting = self
            .workflow
            .steps
            .iter()
            .filter(|other| other.correlation_id.is_some());
        let mut waiting = waiting.filter(receives);
        let reply = waiting.next()?.correlation_id?;
        if waiting.next().is_some() {
            return None;
        }
        let before = self
            .workflow
            .steps
            .iter()
            .take_while(|other| other.id.value != step.id.value);
        let before: Vec<&str> = before.map(|other| other.id.value).collect();
        let text = reply.as_str().unwrap_or_default();
        let known = text.split("$steps.").skip(1).all(|rest| {
            let end = rest.find('.').unwrap_or(rest.len());
            before.contains(&&rest[..end])
        });
        known.then_some(reply)
    }

    /// Resolves the correlation ID of a reply for the step that sends the request, unless the step writes it itself.
    fn reply_value(
        &mut self,
        step: &'a document::Step<'a>,
        reply: Cursor<'a>,
        messages: &[Message<'a>],
        arguments: &[Argument<'a>],
    ) -> Option<Value> {
        let locations = messages
            .iter()
            .filter_map(|message| asyncapi::location(message.correlation()?.0));
        let written = |location: asyncapi::Location| match (location.part, location.tokens.as_slice()) {
            (asyncapi::Part::Header, [name]) => {
                let mut headers = arguments
                    .iter()
                    .filter(|argument| argument.location == Location::Header);
                headers.any(|argument| argument.name == *name)
            }
            _ => false,
        };
        let (mut any, mut own) = (false, false);
        for location in locations {
            any = true;
            own |= written(location);
        }
        if !any || own {
            return None;
        }
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        Some(self.value(reply, &place))
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
                    operation.id.unwrap_or_default(),
                );
                self.diagnostics.push(
                    Diagnostic::new(&rule::ACTION_MISMATCH, span, message)
                        .related(operation.span, "the operation")
                        .help(format!("write `action: {}`, or use another operation", right.word())),
                );
                None
            }
            (Some((direction, span)), None) if !named.channel.allows(direction) => {
                let (word, kind) = match direction {
                    Direction::Send => ("send on", "publish"),
                    Direction::Receive => ("receive from", "subscribe"),
                };
                let name = named.channel.name;
                let message = format!("workflows cannot {word} channel `{name}`: it has no `{kind}` operation");
                self.diagnostics.push(
                    Diagnostic::new(&rule::ACTION_MISMATCH, span, message)
                        .related(named.channel.span, "the channel")
                        .help("use the other `action`, or another channel"),
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

    fn address_unknown(&mut self, step: &document::Step<'a>, named: &Named<'a>) {
        let message = format!(
            "step `{}` uses channel `{}`, whose address is only known at run time",
            step.id.value, named.channel.name
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::CHANNEL_ADDRESS_UNKNOWN, named.text.span(), message)
                .related(named.channel.span, "the channel")
                .help("add an `address` to the channel; a part that varies can be a parameter: `replies.{client}`"),
        );
    }

    /// Reports parameters of the address that the step leaves to the description, which does not say what they are.
    fn address_parameters(&mut self, named: &Named<'a>, arguments: &[Argument<'a>]) {
        for name in named.channel.parameters() {
            let set = |argument: &Argument<'a>| argument.location == Location::Path && argument.name == name;
            if arguments.iter().any(set) {
                continue;
            }
            match named.channel.parameter_value(name) {
                Ok(Some(Filled::Message(asyncapi::Location { meant: Some(meant), .. }))) => {
                    let at = named.channel.at.get("parameters").and_then(|all| all.get(name));
                    let message =
                        format!("the location of the parameter `{name}` selects a member without a JSON Pointer");
                    let span = at.map_or(named.channel.span, Cursor::span);
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CORRELATION_LOCATION_DOTTED, span, message)
                            .related(named.text.span(), "used by this step")
                            .help(format!("write `{meant}`")),
                    );
                }
                Ok(_) => {}
                Err(problem) => self
                    .diagnostics
                    .push(problem.related(named.text.span(), "used by this step")),
            }
        }
    }

    /// Reports a binding that names another place than the address.
    fn channel_binding(&mut self, named: &Named<'a>) {
        let (Some((binding, at)), Some(address)) = (named.channel.bound_elsewhere(), named.channel.address()) else {
            return;
        };
        let message = format!("the binding `{binding}` is not read: messages go to the address `{address}`");
        self.diagnostics.push(
            Diagnostic::new(&rule::CHANNEL_BINDING, at.span(), message)
                .related(named.text.span(), "used by this step")
                .help("write the name as the address of the channel, or give it to the broker in your program"),
        );
    }

    /// Reports messages whose payloads are not described by a JSON Schema.
    fn payload_formats(&mut self, named: &Named<'a>, messages: &[Message<'a>]) {
        for (format, span) in messages.iter().filter_map(Message::other_format) {
            let message = format!("payloads are not checked against a schema of format `{format}`, and have no type");
            self.diagnostics.push(
                Diagnostic::new(&rule::PAYLOAD_FORMAT, span, message)
                    .related(named.text.span(), "used by this step")
                    .help("describe the payload by a JSON Schema, or handle its bytes in your program"),
            );
        }
    }

    /// Reports a `correlationId` of a step that sends (Arazzo 1.1.0, "Step Object": it selects what is received).
    fn correlation_of_sent(&mut self, at: Cursor<'a>, messages: &[Message<'a>]) {
        let location = messages
            .iter()
            .find_map(|message| asyncapi::location(message.correlation()?.0));
        let help = match location.map(|location| (location.part, location.tokens)) {
            Some((asyncapi::Part::Header, tokens)) => {
                format!(
                    "set it by a parameter: `{{ name: {}, in: header, value: … }}`",
                    tokens.join("/")
                )
            }
            Some((asyncapi::Part::Payload, tokens)) => {
                format!("write it into the payload, at `/{}`", tokens.join("/"))
            }
            None => "set it by a parameter with `in: header`, or write it into the payload".to_owned(),
        };
        let message = "a step that sends a message has no `correlationId`, which selects what a step receives";
        self.diagnostics
            .push(Diagnostic::new(&rule::CORRELATION_ID_UNEXPECTED, at.span(), message).help(help));
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
        // A message without one is not for this step.
        if messages.iter().all(|message| message.correlation().is_none()) {
            let message = format!(
                "no message of channel `{}` declares a location for a correlation ID",
                named.channel.name
            );
            let of = messages.first().map_or(named.channel.at, |message| message.at);
            self.diagnostics.push(
                Diagnostic::new(&rule::CORRELATION_ID_LOCATION, at.span(), message)
                    .related(of.span(), "declared here")
                    .help("add it to the message: `correlationId: { location: '$message.header#/correlationId' }`"),
            );
            return None;
        }
        Some(value)
    }
}
