//! What a step has received, or has sent on a channel.

use bytes::Bytes;
use http::{HeaderMap, Response, header};

use crate::message::channel::Channel;
use crate::message::envelope::Message;

/// What criteria, actions and outputs of a step read.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// The response to a request.
    Response(Response<Bytes>),
    /// The message that was sent or received on a channel.
    Message(&'static Channel, Box<Message>),
}

/// A body with what is known about it.
pub(crate) struct Content<'a> {
    pub(crate) body: &'a Bytes,
    pub(crate) media: Option<&'a str>,
    pub(crate) encoding: Option<&'a str>,
    pub(crate) status: Option<u16>,
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl Received {
    pub(crate) fn response(&self) -> Option<&Response<Bytes>> {
        match self {
            Self::Response(response) => Some(response),
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
            Self::Response(response) => Content {
                body: response.body(),
                media: text(response.headers(), &header::CONTENT_TYPE),
                encoding: text(response.headers(), &header::CONTENT_ENCODING),
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
                encoding: None,
                status: None,
            },
        }
    }
}
