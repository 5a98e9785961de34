//! What a step sends or receives on a channel.

use super::step::style;
use super::{Body, Parameter, Planner, Value};
use crate::asyncapi::{self, Filled};
use crate::document::{Direction, Location};
use crate::program;
use crate::syntax::path_template::{Piece, address};

/// What a step sends or receives on a channel.
#[derive(Debug)]
pub struct Exchange {
    /// The name of the source description.
    pub source: String,
    /// The id of the operation, or the name of the channel.
    pub name: String,
    /// Whether the step sends.
    pub sends: bool,
    /// The address in pieces.
    pub address: Vec<AddressPiece>,
    /// The headers.
    pub headers: Vec<Parameter>,
    /// The payload.
    pub body: Option<Body>,
    /// The media type that the description declares; empty if it declares several.
    pub content_type: String,
    /// The locations of the correlation ID.
    pub locations: Vec<asyncapi::Location>,
    /// The correlation ID.
    pub correlation: Option<Value>,
}

/// A piece of an address.
#[derive(Debug)]
pub enum AddressPiece {
    /// Text of the description.
    Text(String),
    /// A parameter.
    Value(String, Value),
    /// A parameter whose value is a part of the message.
    Message(String, asyncapi::Location),
}

impl Exchange {
    /// Returns the address of the description, with the names of parameters in braces.
    #[must_use]
    pub fn template(&self) -> String {
        let pieces = self.address.iter();
        pieces
            .map(|piece| match piece {
                AddressPiece::Text(text) => text.clone(),
                AddressPiece::Value(name, _) | AddressPiece::Message(name, _) => format!("{{{name}}}"),
            })
            .collect()
    }
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn exchange(&self, exchange: &program::Exchange<'a>, index: usize) -> Option<Exchange> {
        let program::Exchange {
            channel,
            direction,
            messages,
            request,
            reply: _,
            correlation,
        } = exchange;
        let sends = *direction == Direction::Send;
        let value = |value: &program::Value| self.value(value, Some(index));
        let mut pieces = Vec::new();
        for piece in address(channel.address()?) {
            let Piece::Name(name) = piece else {
                if let Piece::Literal(text) = piece {
                    pieces.push(AddressPiece::Text(text.to_owned()));
                }
                continue;
            };
            let mut arguments = request.arguments.iter();
            let set = arguments.find(|argument| argument.location == Location::Path && argument.name == name);
            pieces.push(match (set, channel.filled(name)) {
                (Some(argument), _) => AddressPiece::Value(name.to_owned(), value(&argument.value)?),
                (None, Some(Filled::Message(location))) => AddressPiece::Message(name.to_owned(), location),
                (None, Some(Filled::Default(at))) => {
                    AddressPiece::Text(at.scalar_text().unwrap_or_default().to_owned())
                }
                (None, None) => return None,
            });
        }
        let mut headers = Vec::new();
        for argument in request
            .arguments
            .iter()
            .filter(|argument| argument.location == Location::Header)
        {
            headers.push(Parameter {
                name: argument.name.clone(),
                location: argument.location,
                required: argument.declared.as_ref().is_some_and(|declared| declared.required),
                value: value(&argument.value)?,
                style: style(argument),
            });
        }
        let body = match &request.body {
            Some(body) => Some(self.body(body, index)?),
            None => None,
        };
        let mut types: Vec<&str> = messages.iter().map(asyncapi::Message::content_type).collect();
        types.dedup();
        let mut locations = Vec::new();
        for found in messages.iter().filter_map(asyncapi::Message::correlation) {
            // The resolver has reported invalid locations.
            let Some(location) = asyncapi::location(found.0) else {
                continue;
            };
            if !locations.contains(&location) {
                locations.push(location);
            }
        }
        Some(Exchange {
            source: self.program.apis.get(request.api)?.client.clone(),
            name: request.operation.id.unwrap_or_default().to_owned(),
            sends,
            address: pieces,
            headers,
            body,
            content_type: match types.as_slice() {
                [only] => (*only).to_owned(),
                _ => String::new(),
            },
            locations,
            correlation: match correlation {
                Some(correlation) => Some(value(correlation)?),
                None => None,
            },
        })
    }
}
