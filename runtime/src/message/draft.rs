//! Building what a step sends on a channel, or the address at which it receives.

use bytes::Bytes;
use http::header;

use super::channel::{Channel, Location};
use super::envelope::Message;
use crate::error::ErrorKind;
use crate::json::datum::Datum;
use crate::json::pointer::{extract, inserted};
use crate::wire::call::Call;
use crate::wire::failure::Failure;

/// A message that is being built.
#[derive(Debug)]
pub struct Draft {
    channel: &'static Channel,
    address: String,
    headers: Vec<(String, String)>,
    correlation: Option<String>,
    /// Holds the payload and its media type.
    body: Call,
    /// Whether only the address is needed.
    only_address: bool,
}

impl Draft {
    pub(crate) fn new(channel: &'static Channel) -> Self {
        Self {
            channel,
            address: String::new(),
            headers: Vec::new(),
            correlation: None,
            body: Call::new(None),
            only_address: false,
        }
    }

    pub(crate) fn of_address(channel: &'static Channel) -> Self {
        Self {
            only_address: true,
            ..Self::new(channel)
        }
    }

    /// Appends a part of the address unchanged.
    pub fn address(&mut self, text: &str) -> &mut Self {
        self.address.push_str(text);
        self
    }

    /// Appends the value of a parameter of the address.
    ///
    /// # Errors
    /// The value is null, an array, an object or empty, or contains a character that has a meaning in addresses: it would
    /// name another channel.
    pub fn parameter(&mut self, name: &str, value: &Datum<'_>) -> Result<&mut Self, Failure> {
        let refused = |problem: &str| {
            let message = format!("the channel parameter `{name}` {problem}");
            Err(Failure::new(ErrorKind::Request, message))
        };
        if matches!(value, Datum::Null | Datum::Json(_)) {
            return refused(&format!("must be a string or a number, found {}", value.kind()));
        }
        let text = value.text();
        if text.is_empty() {
            return refused("is empty and would change the address");
        }
        // A part of the address must not become several, nor another path.
        if let Some(limit) = ['.', '/', ':']
            .into_iter()
            .find(|limit| self.separates(*limit) && text.contains(*limit))
        {
            return refused(&format!("contains `{limit}`, which separates the parts of the address"));
        }
        if matches!(&*text, "." | "..") {
            return refused("is a relative path");
        }
        if text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return refused("contains a space or a control character");
        }
        if text.contains(['*', '#', '+', '>', '?', '%', '\\']) {
            return refused("contains `*`, `#`, `+`, `>`, `?`, `%` or `\\`, which have a meaning in addresses");
        }
        self.address.push_str(&text);
        Ok(self)
    }

    /// Returns whether a character is in the address outside of its parameters.
    fn separates(&self, letter: char) -> bool {
        let mut inside = false;
        self.channel.address.chars().any(|next| {
            inside = match next {
                '{' => true,
                '}' => false,
                _ => inside,
            };
            !inside && next == letter
        })
    }

    /// Appends the value of a parameter that is a part of the message.
    ///
    /// # Errors
    /// The message has no such part, or as for [`parameter`](Self::parameter).
    pub fn located(&mut self, name: &str, location: &Location) -> Result<&mut Self, Failure> {
        let value = match location {
            Location::Header(header) => {
                let mut headers = self.headers.iter();
                headers
                    .find(|(known, _)| known == header)
                    .map(|(_, value)| Datum::owned(value.clone()))
            }
            Location::Payload(pointer) => {
                let mut found = [None];
                let read = extract(&self.body.body, &[*pointer], &mut found);
                read.ok().and(found[0]).map(|json| Datum::from_json(json).into_owned())
            }
        };
        let missing = || format!("the message has no value for the channel parameter `{name}`");
        let value = value.ok_or_else(|| Failure::new(ErrorKind::Request, missing()))?;
        self.parameter(name, &value)
    }

    /// Returns whether everything that is needed was built.
    #[must_use]
    pub fn is_addressed(&self) -> bool {
        self.only_address
    }

    /// Adds a header. Null is left out.
    ///
    /// # Errors
    /// The value contains a control character.
    pub fn header(&mut self, name: &str, value: &Datum<'_>) -> Result<&mut Self, Failure> {
        if *value != Datum::Null {
            let text = value.text();
            if text.chars().any(|letter| letter.is_control() && letter != '\t') {
                let message = format!("the value of the header `{name}` contains a character that cannot be sent");
                return Err(Failure::new(ErrorKind::Request, message));
            }
            self.headers.push((name.to_owned(), text.into_owned()));
        }
        Ok(self)
    }

    /// Returns the builder of the payload.
    pub fn body(&mut self) -> &mut Call {
        &mut self.body
    }

    /// Sets the correlation ID: the one that a received message must have, or the one of the message that is sent, unless
    /// the step has set it itself.
    ///
    /// # Errors
    /// The value is null, an array or an object, or the payload has no place for it.
    pub fn correlate(&mut self, value: &Datum<'_>) -> Result<&mut Self, Failure> {
        if matches!(value, Datum::Null | Datum::Json(_)) {
            let message = format!(
                "the correlation ID must be a string or a number, found {}",
                value.kind()
            );
            return Err(Failure::new(ErrorKind::Request, message));
        }
        self.correlation = Some(value.text().into_owned());
        if !self.channel.sends {
            return Ok(self);
        }
        let locations = self.channel.correlation;
        if locations.is_empty() || locations.iter().any(|location| self.has(location)) {
            return Ok(self);
        }
        // The messages of a channel can have it in different places.
        for location in locations {
            match location {
                Location::Header(name) => {
                    return self.header(name, value);
                }
                Location::Payload(pointer) => {
                    if let Some(inserted) = correlated(&self.body.body, pointer, value) {
                        self.body.body = inserted;
                        return Ok(self);
                    }
                }
            }
        }
        let message = "the payload has no place for the correlation ID, which is a member of an object";
        Err(Failure::new(ErrorKind::Request, message))
    }

    /// Returns whether the message has a value at a location.
    fn has(&self, location: &Location) -> bool {
        match location {
            Location::Header(name) => self.headers.iter().any(|(known, _)| known == name),
            Location::Payload(pointer) => {
                let mut found = [None];
                extract(&self.body.body, &[*pointer], &mut found).is_ok() && found[0].is_some()
            }
        }
    }

    /// Returns the address and the correlation ID.
    pub(crate) fn into_address(self) -> (String, Option<String>) {
        (self.address, self.correlation)
    }

    pub(crate) fn into_message(self, id: Option<String>) -> Message {
        let content_type = self.body.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let headers = self.headers.into_iter();
        Message {
            headers: headers.map(|(name, value)| (name, Bytes::from(value))).collect(),
            content_type,
            id,
            ..Message::new(self.address, self.body.body)
        }
    }
}

/// Returns a payload with a correlation ID; `None` if it has no place for it.
pub(crate) fn correlated(payload: &[u8], pointer: &[&str], id: &Datum<'_>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(payload).ok()?;
    inserted(text, pointer, id).map(String::into_bytes)
}
