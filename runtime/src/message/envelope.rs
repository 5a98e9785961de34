//! A message with everything that a broker carries beside its payload.

use std::fmt;

use bytes::Bytes;

/// A message that a step sends or receives.
///
/// ```
/// use arazzo::Message;
///
/// let message = Message::new("orders.eu", r#"{"id":7}"#)
///     .with_content_type("application/json")
///     .with_header("traceId", "a1");
/// assert_eq!(message.header("traceId"), Some("a1"));
/// ```
///
/// `Debug` shows neither the payload nor the values of headers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The address of the channel: a topic, subject, queue, stream or path, depending on the broker.
    pub address: String,
    /// The headers in their order. The case of their names counts. A broker may carry bytes that are not UTF-8.
    pub headers: Vec<(String, Bytes)>,
    /// The payload.
    pub payload: Bytes,
    /// The media type of the payload, if the broker carries one.
    pub content_type: Option<String>,
    /// The key by which the broker assigns messages to partitions, such as the key of a Kafka record.
    pub key: Option<Bytes>,
    /// The id by which a broker can recognise a message that is sent again; see
    /// [`idempotency_key`](crate::SourceBuilder::idempotency_key).
    pub id: Option<String>,
}

impl Message {
    /// Creates a message without headers.
    pub fn new(address: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self {
            address: address.into(),
            headers: Vec::new(),
            payload: payload.into(),
            content_type: None,
            key: None,
            id: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), Bytes::copy_from_slice(value.as_ref())));
        self
    }

    /// Sets the media type of the payload.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Sets the key.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Bytes>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Returns the first header with this name as text; `None` if there is none or it is not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        std::str::from_utf8(value).ok()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        formatter
            .debug_struct("Message")
            .field("address", &self.address)
            .field("headers", &names)
            .field("payload", &format_args!("{} bytes", self.payload.len()))
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}
