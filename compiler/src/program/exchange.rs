//! A message that a step sends or receives.

use super::{Request, Value};
use crate::asyncapi::{Channel, Message, Reply};
use crate::document::Direction;

/// A message that a step sends or receives.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// The channel.
    pub channel: Channel<'a>,
    /// Whether the step sends or receives.
    pub direction: Direction,
    /// The messages that it can be: one, unless the description has several.
    pub messages: Vec<Message<'a>>,
    /// The message as a request, so that the same rules apply to both: the path of its operation is the address of the
    /// channel, the parameters are those of the address and the headers of the message, and the body is the payload.
    pub request: Request<'a>,
    /// The reply of the operation to which the step sends.
    pub reply: Option<Reply<'a>>,
    /// `correlationId`
    pub correlation: Option<Value>,
}
