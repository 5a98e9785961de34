//! What a step has received, or has sent on a channel.

use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, Response, header};

use crate::message::channel::Channel;
use crate::message::envelope::Message;

/// What criteria, actions and outputs of a step read.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// The response to a request.
    Response(Answered),
    /// The message that was sent or received on a channel.
    Message(&'static Channel, Box<Message>),
}

/// A response, with the values of its body that actions read after the outputs were. It is boxed, since it is moved often.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) response: Box<Response<Bytes>>,
    seen: OnceLock<Vec<Seen>>,
}

/// A pointer, and the place of its value in the body.
type Seen = (Pointer, Option<Range<usize>>);

/// A JSON Pointer of an expression.
pub type Pointer = &'static [&'static str];

impl Answered {
    pub(crate) fn new(response: Box<Response<Bytes>>) -> Self {
        Self {
            response,
            seen: OnceLock::new(),
        }
    }

    /// Keeps the places of values. They are part of the body.
    pub(crate) fn remember(&self, pointers: &[Pointer], found: &[Option<&str>]) {
        let body = self.response.body().as_ptr().addr();
        let place = |text: &str| {
            let start = text.as_ptr().addr() - body;
            start..start + text.len()
        };
        let seen = pointers.iter().zip(found);
        let _ = self
            .seen
            .set(seen.map(|(pointer, found)| (*pointer, found.map(place))).collect());
    }

    /// Returns the values at the pointers in `found`, if all of them were kept.
    pub(crate) fn remembered<'s>(&'s self, pointers: &[Pointer], found: &mut [Option<&'s str>]) -> Option<()> {
        let seen = self.seen.get()?;
        for (found, pointer) in found.iter_mut().zip(pointers) {
            let (_, place) = seen.iter().find(|(known, _)| known == pointer)?;
            *found = match place {
                Some(place) => Some(std::str::from_utf8(self.response.body().get(place.clone())?).ok()?),
                None => None,
            };
        }
        Some(())
    }
}

/// A body with what is known about it.
pub(crate) struct Content<'a> {
    pub(crate) body: &'a Bytes,
    pub(crate) media: Option<&'a str>,
    headers: Option<&'a HeaderMap>,
    pub(crate) status: Option<u16>,
}

impl<'a> Content<'a> {
    pub(crate) fn encoding(&self) -> Option<&'a str> {
        text(self.headers?, &header::CONTENT_ENCODING)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Received {
    pub(crate) fn response(&self) -> Option<&Response<Bytes>> {
        match self {
            Self::Response(answered) => Some(&answered.response),
            Self::Message(..) => None,
        }
    }

    pub(crate) fn answered(&self) -> Option<&Answered> {
        match self {
            Self::Response(answered) => Some(answered),
            Self::Message(..) => None,
        }
    }

    pub(crate) fn message(&self) -> Option<&Message> {
        match self {
            Self::Response(_) => None,
            Self::Message(_, message) => Some(message),
        }
    }

    pub(crate) fn content(&self) -> Content<'_> {
        match self {
            Self::Response(Answered { response, .. }) => Content {
                body: response.body(),
                media: text(response.headers(), &header::CONTENT_TYPE),
                headers: Some(response.headers()),
                status: Some(response.status().as_u16()),
            },
            // Many brokers carry no media type: the declared one counts.
            Self::Message(channel, message) => Content {
                body: &message.payload,
                media: message
                    .content_type
                    .as_deref()
                    .or(Some(channel.content_type))
                    .filter(|media| !media.is_empty()),
                headers: None,
                status: None,
            },
        }
    }
}
