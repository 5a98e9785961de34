//! Channels of AsyncAPI descriptions.

use std::borrow::Cow;

use crate::json::datum::Datum;
use crate::json::pointer::extract;
use crate::message::envelope::Message;
use crate::wire::exchange::BYTE_ORDER_MARK;

/// What a step does on a channel, as the compiler describes it.
#[derive(Debug)]
pub struct Channel {
    /// The name of the source description.
    pub source: &'static str,
    /// The id of the operation, or the name of the channel.
    pub name: &'static str,
    /// The address of the description, with the names of parameters in braces.
    pub address: &'static str,
    /// Whether the step sends; otherwise it receives.
    pub sends: bool,
    /// The media type that the description declares for the payload; empty if it declares several.
    pub content_type: &'static str,
    /// The locations of the correlation ID in the messages of the channel.
    pub correlation: &'static [Location],
}

/// A location in a message.
#[derive(Debug)]
pub enum Location {
    /// A header.
    Header(&'static str),
    /// The value at a pointer into the payload.
    Payload(&'static [&'static str]),
}

impl Location {
    /// Returns the text of the value at the location.
    pub(crate) fn read<'m>(&self, message: &'m Message) -> Option<Cow<'m, str>> {
        match self {
            Self::Header(name) => message.header(name).map(Cow::Borrowed),
            Self::Payload(pointer) => {
                let mut found = [None];
                let payload = message
                    .payload
                    .strip_prefix(BYTE_ORDER_MARK)
                    .unwrap_or(&message.payload);
                extract(payload, &[*pointer], &mut found).ok()?;
                let [Some(json)] = found else { return None };
                match Datum::from_json(json) {
                    Datum::Null => None,
                    value => Some(Cow::Owned(value.text().into_owned())),
                }
            }
        }
    }
}

/// What a step waits for on a channel.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) locations: &'static [Location],
    /// The correlation ID; without one, every message matches.
    pub(crate) id: Option<String>,
}

impl Wanted {
    /// Returns whether a message is for the step: it carries the correlation ID at a location that one of the channel's
    /// messages declares (Arazzo 1.1.0, "Step Object", `correlationId`).
    pub(crate) fn matches(&self, message: &Message) -> bool {
        self.id.as_ref().is_none_or(|id| self.values(message).contains(id))
    }

    /// Returns the values that a message has at the locations.
    pub(crate) fn values(&self, message: &Message) -> Vec<String> {
        let found = self.locations.iter().filter_map(|location| location.read(message));
        found.map(Cow::into_owned).collect()
    }
}
