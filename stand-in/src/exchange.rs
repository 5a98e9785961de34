use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;

// Everything else stays out of the log, `Authorization` above all.
const LOGGED_HEADERS: [&str; 3] = ["accept", "content-type", "user-agent"];

/// A request that a [`Server`](crate::Server) answered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exchange {
    /// The request method, such as `POST`.
    pub method: String,
    /// The path of the request, without the query.
    pub path: String,
    /// The request headers of interest under their lower-case names, as far as
    /// they were sent: `accept`, `content-type` and `user-agent`.
    pub headers: BTreeMap<&'static str, String>,
    /// The body of the request, unless it was empty or no JSON.
    pub body: Option<Value>,
    /// The status code of the response.
    pub status: u16,
    /// The `error_type` of the response, unless it tells of success.
    pub error_type: Option<&'static str>,
}

impl Exchange {
    pub(crate) fn new(
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        status: StatusCode,
        error_type: Option<&'static str>,
    ) -> Self {
        let logged = LOGGED_HEADERS.into_iter().filter_map(|name| {
            let value = headers.get(name)?;
            Some((name, String::from_utf8_lossy(value.as_bytes()).into_owned()))
        });
        Self {
            method: method.to_string(),
            path: uri.path().to_owned(),
            headers: logged.collect(),
            body: serde_json::from_slice(body).ok(),
            status: status.as_u16(),
            error_type,
        }
    }
}
