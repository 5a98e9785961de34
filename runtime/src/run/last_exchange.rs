//! The last exchange of a step during a detour. Actions that follow still read it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::json::slot::Slot;
use crate::wire::call::Given;
use crate::wire::sent::Sent;

/// A request and its response in a form that can be stored, without headers that carry credentials.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Held {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<HeldRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<HeldResponse>,
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
    pub(crate) fn new(sent: Option<&Sent>, response: Option<&Response<Bytes>>) -> Self {
        Self {
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

    pub(crate) fn into_parts(self) -> (Option<Sent>, Option<Response<Bytes>>) {
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
            Some(response)
        });
        (sent, response)
    }
}
