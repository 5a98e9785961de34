//! The last exchange of a step during a detour. Actions that follow still read it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::json::slot::Slot;
use crate::message::envelope::Message;
use crate::run::descriptor::StepShape;
use crate::wire::call::Given;
use crate::wire::received::{Answered, Received};
use crate::wire::sent::Sent;

/// A request and its response in a form that can be stored, without headers that carry credentials.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Held {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<HeldRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<HeldResponse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<HeldMessage>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeldRequest {
    method: String,
    url: String,
    #[serde(deserialize_with = "as_many_as_fit")]
    headers: Vec<(String, String)>,
    body: Body,
    given: Vec<(bool, String, Slot)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeldResponse {
    status: u16,
    #[serde(deserialize_with = "as_many_as_fit")]
    headers: Vec<(String, String)>,
    body: Body,
}

/// A message in a form that can be stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HeldMessage {
    address: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, Body)>,
    payload: Body,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Body>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl HeldMessage {
    pub(crate) fn new(message: &Message) -> Self {
        let headers = message.headers.iter();
        Self {
            address: message.address.clone(),
            headers: headers.map(|(name, value)| (name.clone(), Body::new(value))).collect(),
            payload: Body::new(&message.payload),
            content_type: message.content_type.clone(),
            key: message.key.as_ref().map(Body::new),
            id: message.id.clone(),
        }
    }

    pub(crate) fn into_message(self) -> Message {
        let headers = self.headers.into_iter();
        Message {
            headers: headers.map(|(name, value)| (name, value.into_bytes())).collect(),
            content_type: self.content_type,
            key: self.key.map(Body::into_bytes),
            id: self.id,
            ..Message::new(self.address, self.payload.into_bytes())
        }
    }
}

/// Maximum number of headers in a stored run; a header map has room for 32,768.
const HEADERS: usize = 4096;

fn as_many_as_fit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, String)>, D::Error> {
    let headers = Vec::<(String, String)>::deserialize(deserializer)?;
    if headers.len() > HEADERS {
        let message = format!("{} headers are stored; at most {HEADERS} are read", headers.len());
        return Err(D::Error::custom(message));
    }
    Ok(headers)
}

/// A body, as text if it is UTF-8.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Body {
    #[serde(rename = "text")]
    Text(String),
    #[serde(rename = "bytes")]
    Bytes(Vec<u8>),
}

impl Body {
    fn new(bytes: &Bytes) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let open = headers.iter().filter(|(_, value)| !value.is_sensitive());
    open.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

fn map(pairs: Vec<(String, String)>) -> HeaderMap {
    let parsed = pairs
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)));
    let mut headers = HeaderMap::new();
    for (name, value) in parsed {
        headers.append(name, value);
    }
    headers
}

impl Held {
    pub(crate) fn new(sent: Option<&Sent>, received: Option<&Received>) -> Self {
        let response = received.and_then(Received::response);
        Self {
            message: received.and_then(Received::message).map(HeldMessage::new),
            request: sent.map(|sent| HeldRequest {
                method: sent.method.to_string(),
                url: sent.url.clone(),
                headers: pairs(&sent.headers),
                body: Body::new(&sent.body),
                given: sent
                    .given
                    .iter()
                    .map(|given| (given.in_path, given.name.clone(), Slot::new(&given.value.to_json())))
                    .collect(),
            }),
            response: response.map(|response| HeldResponse {
                status: response.status().as_u16(),
                headers: pairs(response.headers()),
                body: Body::new(response.body()),
            }),
        }
    }

    /// Returns the parts for the step that they belong to.
    pub(crate) fn into_parts(self, step: Option<&StepShape>) -> (Option<Sent>, Option<Received>) {
        let sent = self.request.map(|request| Sent {
            method: request.method.into(),
            url: request.url,
            headers: map(request.headers),
            body: request.body.into_bytes(),
            given: request
                .given
                .into_iter()
                .map(|(in_path, name, value)| Given {
                    in_path,
                    name,
                    value: crate::json::datum::Datum::from_json(value.json()).into_owned(),
                })
                .collect(),
        });
        let response = self.response.and_then(|held| {
            let mut response = Response::new(held.body.into_bytes());
            *response.status_mut() = StatusCode::from_u16(held.status).ok()?;
            *response.headers_mut() = map(held.headers);
            Some(Received::Response(Answered::new(Box::new(response))))
        });
        let message = self.message.zip(step.and_then(|step| step.channel));
        let message = message.map(|(held, channel)| Received::Message(channel, Box::new(held.into_message())));
        (sent, response.or(message))
    }
}
