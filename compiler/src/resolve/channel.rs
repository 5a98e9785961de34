//! Finds the channel that a step names, by itself or by an operation.

use super::{NamedChannels, Scope, listed};
use crate::asyncapi::{Channel, Operation};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Target, Text};
use crate::source::{Span, percent_decode};
use crate::syntax::expression::{self, Root};

/// Maximum number of names that a message lists.
const LISTED: usize = 12;

/// A channel that a step names, by itself or by an operation.
pub(super) struct Named<'a> {
    /// The index of the description among the APIs.
    pub(super) api: usize,
    pub(super) text: Text<'a>,
    pub(super) channel: Channel<'a>,
    pub(super) operation: Option<Operation<'a>>,
}

/// What a step names.
pub(super) enum Found<'a> {
    Channel(Box<Named<'a>>),
    /// An error that was reported.
    Reported,
}

impl<'a> Scope<'a, '_> {
    /// Returns whether an `operationId` names an operation of an AsyncAPI description.
    pub(super) fn is_channel_operation(&self, id: &str) -> bool {
        if self.channels.is_empty() {
            return false;
        }
        if let Some(rest) = id.strip_prefix("$sourceDescriptions.") {
            return self.channels_named(rest).is_some();
        }
        // Without another description, every operation is one on a channel.
        let known = self.apis.is_empty() || self.channels.iter().any(|named| named.index().knows(id));
        known && self.apis.iter().all(|named| named.operations_of(id).next().is_none())
    }

    /// Returns the AsyncAPI description that the first part of `NAME.OPERATION` names, and the second part.
    fn channels_named<'t>(&self, text: &'t str) -> Option<(NamedChannels<'a>, &'t str)> {
        self.channels
            .iter()
            .find_map(|named| Some((named.clone(), text.strip_prefix(named.name)?.strip_prefix('.')?)))
    }

    /// Returns whether a step sends or receives on a channel, also if its channel cannot be found.
    pub(super) fn is_asynchronous(&self, step: &document::Step<'a>) -> bool {
        step.targets.iter().any(|(target, text)| match target {
            Target::ChannelPath => true,
            Target::OperationId => self.is_channel_operation(text.value),
            Target::OperationPath => {
                let rest = text.value.strip_prefix("{$sourceDescriptions.");
                rest.is_some_and(|rest| self.channels_named(rest).is_some())
            }
            Target::WorkflowId => false,
        })
    }

    /// Splits an `operationId` into the descriptions that it can be of, and the id in them.
    pub(super) fn searched_channels<'t>(&self, value: &'t str) -> (&'t str, Vec<NamedChannels<'a>>) {
        let qualified = value
            .strip_prefix("$sourceDescriptions.")
            .and_then(|rest| self.channels_named(rest));
        match qualified {
            Some((named, id)) => (id, vec![named]),
            None => (value, self.channels.to_vec()),
        }
    }

    /// Finds the channel of an `operationId`.
    pub(super) fn channel_operation(&mut self, text: Text<'a>) -> Found<'a> {
        let value = text.value;
        let (id, searched) = self.searched_channels(value);
        let is_qualified = id.len() < value.len();
        let found: Vec<(NamedChannels<'a>, Operation<'a>)> = searched
            .iter()
            .flat_map(|named| named.index().of(id).map(|operation| (named.clone(), operation)))
            .collect();
        let span = text.at.part(value.len() - id.len(), value.len());
        match found.as_slice() {
            [] => {
                if searched.iter().any(|named| named.description.is_none()) {
                    return Found::Reported;
                }
                self.unknown_channel_operation(text, id, span, &searched)
            }
            [(named, operation), rest @ ..] => {
                if let Some((other, second)) = rest.first() {
                    self.several_channel_operations(span, id, (named, operation), (other, second));
                } else if !is_qualified && self.document.sources.len() - self.units[self.unit].others.len() > 1 {
                    self.unqualified_operation(text, named.name);
                }
                Found::Channel(Box::new(Named {
                    api: named.api,
                    text,
                    channel: operation.channel,
                    operation: Some(*operation),
                }))
            }
        }
    }

    /// Reports that two operations have an id: of one source description, or of two.
    fn several_channel_operations(
        &mut self,
        span: Span,
        id: &str,
        (named, first): (&NamedChannels<'a>, &Operation<'a>),
        (other, second): (&NamedChannels<'a>, &Operation<'a>),
    ) {
        let same = named.api == other.api;
        let (rule, message, help) = if same {
            (
                &rule::DUPLICATE_OPERATION_ID,
                format!("duplicate operationId `{id}` in `{}`", named.name),
                "use `channelPath` and `action`".to_owned(),
            )
        } else {
            (
                &rule::AMBIGUOUS_OPERATION,
                format!("ambiguous operationId `{id}`"),
                format!("write `operationId: $sourceDescriptions.{}.{id}`", named.name),
            )
        };
        self.diagnostics.push(
            Diagnostic::new(rule, span, message)
                .related(first.span, "first operation with this id")
                .related(second.span, "second operation with this id")
                .help(help),
        );
    }

    /// Reports an id that no operation on a channel has, or one that cannot be used. Goes on with a similar one.
    fn unknown_channel_operation(
        &mut self,
        text: Text<'a>,
        id: &str,
        span: Span,
        searched: &[NamedChannels<'a>],
    ) -> Found<'a> {
        let problems = searched.iter().flat_map(|named| named.index().problems(id).cloned());
        let problems: Vec<Diagnostic> = problems.take(super::lookup::BROKEN).collect();
        if !problems.is_empty() {
            for problem in problems {
                self.diagnostics
                    .push(problem.related(span, "required by this `operationId`"));
            }
            return Found::Reported;
        }
        let operations = || {
            searched
                .iter()
                .flat_map(|named| named.index().operations.iter().map(move |operation| (named, operation)))
        };
        let names = || operations().filter_map(|(_, operation)| operation.id);
        let meant = similar(id, names());
        let help = match meant {
            Some(known) => format!("an operation with a similar name exists: `{known}`"),
            None if names().next().is_none() => {
                "the description has no operations; use `channelPath` and `action`".to_owned()
            }
            None => format!("the operations are {}", listed(names().take(LISTED))),
        };
        let message = format!("unknown operationId `{id}`");
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
        let found = operations().find(|(_, operation)| meant.is_some() && operation.id == meant);
        found.map_or(Found::Reported, |(named, operation)| {
            Found::Channel(Box::new(Named {
                api: named.api,
                text,
                channel: operation.channel,
                operation: Some(*operation),
            }))
        })
    }

    /// Finds the channel of a `channelPath`: `{$sourceDescriptions.NAME.url}#/channels/orders`
    pub(super) fn channel_by_path(&mut self, text: Text<'a>) -> Found<'a> {
        let Some((named, pointer)) = self.channel_path(text) else {
            return Found::Reported;
        };
        let Some(description) = named.description else {
            return Found::Reported;
        };
        // After `#`, a JSON Pointer is percent-encoded (RFC 6901, section 6).
        let mut found = description.channel_at(pointer);
        if matches!(found, Ok(None)) && pointer.contains('%') {
            found = description.channel_at(&percent_decode(pointer));
        }
        match found {
            Ok(Some(channel)) => {
                return Found::Channel(Box::new(Named {
                    api: named.api,
                    text,
                    channel,
                    operation: None,
                }));
            }
            Ok(None) => {
                let message = format!("cannot find a channel at `{pointer}` in `{}`", named.name);
                let all: Vec<String> = description
                    .channels()
                    .map(|channel| format!("/channels/{}", expression::escape(channel.name)))
                    .collect();
                let help = match similar(pointer, all.iter().map(String::as_str)) {
                    Some(known) => format!("a channel with a similar path exists: `{known}`"),
                    None if all.is_empty() => "the description has no channels".to_owned(),
                    None => format!(
                        "the channels are {}",
                        listed(all.iter().map(String::as_str).take(LISTED))
                    ),
                };
                let span = text.at.part(text.value.len() - pointer.len(), text.value.len());
                self.diagnostics
                    .push(Diagnostic::new(&rule::CHANNEL_PATH_UNRESOLVED, span, message).help(help));
            }
            Err(broken) => self.diagnostics.push(
                broken
                    .diagnostic(&rule::CHANNEL_PATH_UNRESOLVED)
                    .related(text.span(), "required by this channel path"),
            ),
        }
        Found::Reported
    }

    /// Splits a channel path into the source description and the pointer.
    fn channel_path(&mut self, text: Text<'a>) -> Option<(NamedChannels<'a>, &'a str)> {
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
        let named = self.channels.iter().find(|named| named.name == source.text).cloned();
        let known = self
            .document
            .sources
            .iter()
            .any(|known| known.name.value == source.text);
        match named {
            Some(named) => return Some((named, pointer)),
            None if known => {
                let message = format!(
                    "`{}` is not an AsyncAPI description, so it has no channels",
                    source.text
                );
                self.diagnostics.push(
                    Diagnostic::new(&rule::CHANNEL_PATH_UNRESOLVED, span, message)
                        .help("use `operationId` for an operation of an OpenAPI description"),
                );
            }
            None => self.unknown_source(&source.text, span),
        }
        None
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
}
