//! What a step sends or receives on a channel.

use super::step::style;
use super::{AddressPiece, Exchange, Parameter, Planner};
use crate::asyncapi::{self, Filled};
use crate::document::{Direction, Location};
use crate::program;
use crate::syntax::path_template::{Piece, address};

impl<'a> Planner<'_, 'a> {
    pub(super) fn exchange(&self, exchange: &program::Exchange<'a>, index: usize) -> Option<Exchange> {
        let program::Exchange {
            channel,
            direction,
            messages,
            request,
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
            // What is no location was reported where it is used.
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
