//! Finishing a request, and its URL.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use super::base::{authority, base};
use super::call::{Call, Given};
use super::failure::Failure;
use super::security::Chosen;
use crate::client::Settings;
use crate::error::ErrorKind;
use crate::transport::Limits;

/// Returns whether a path has a dot segment, which a URL parser removes, together with the segment before it for two
/// dots (RFC 3986, section 5.2.4; the URL Standard reads `%2e` as a dot).
pub(super) fn names_another_path(path: &str) -> bool {
    path.split('/').any(|segment| {
        let mut rest = segment.as_bytes();
        let mut dots = 0;
        while let Some(after) = rest.strip_prefix(b".").or(match rest {
            [b'%', b'2', b'e' | b'E', after @ ..] => Some(after),
            _ => None,
        }) {
            rest = after;
            dots += 1;
        }
        rest.is_empty() && matches!(dots, 1 | 2)
    })
}

/// A request that was sent, for expressions.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) method: std::borrow::Cow<'static, str>,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) given: Vec<Given>,
}

/// A request that can be sent.
pub(crate) struct Finished<'s> {
    pub(crate) request: Request<Bytes>,
    /// The base URL of the API.
    pub(crate) base: &'s str,
    /// A copy for expressions, if they read it.
    pub(crate) sent: Option<Sent>,
}

impl Call {
    pub(crate) fn finish<'s>(mut self, settings: &'s Settings, chosen: &[Chosen<'_>]) -> Result<Finished<'s>, Failure> {
        let known = settings.sources.get(self.operation.source);
        let base = base(self.operation, settings)?;
        for (kind, name, credential) in chosen {
            self.credential(kind, name, credential)?;
        }
        if let Some(source) = known {
            for (name, value) in &source.headers {
                if !self.headers.contains_key(name) {
                    self.headers.insert(name, value.clone());
                }
            }
        }
        self.cookie_header()?;
        // RFC 9110, section 8.6: a method with content sends the length even if the content is empty.
        if self.body.is_empty() && matches!(self.operation.method, "POST" | "PUT" | "PATCH") {
            self.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if !self.headers.contains_key(header::ACCEPT) {
            self.headers
                .insert(header::ACCEPT, HeaderValue::from_static("application/json, */*;q=0.8"));
        }
        // The path template may have its own query; values encode `?`.
        let fixed = self.path.find('?');
        if self.path.as_bytes().first() != Some(&b'/')
            || names_another_path(&self.path[..fixed.unwrap_or(self.path.len())])
        {
            let message = format!(
                "the path `{}` of `{}` has a dot segment, which would change the path",
                self.path, self.operation.name
            );
            return Err(Failure::new(ErrorKind::Request, message));
        }
        let mut url = self.url(base, fixed.is_some());
        let shown = self.recalled.then(|| url.clone());
        let invalid = |source: crate::transport::BoxError| Failure {
            source: Some(source),
            ..Failure::new(
                ErrorKind::Request,
                format!("the URL of `{}` cannot be sent", self.operation.name),
            )
        };
        if !self.keys.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&self.keys[1..]);
        }
        let uri = Uri::from_maybe_shared(Bytes::from(url)).map_err(|error| invalid(error.into()))?;
        // The texts of descriptions and values must not redirect a request and its credentials to another host. The URL
        // starts with the base URL, so the schemes are equal if their lengths are.
        let scheme = uri.scheme_str().map_or(0, str::len);
        if uri.authority().map(http::uri::Authority::as_str) != Some(authority(base))
            || base.as_bytes().get(scheme) != Some(&b':')
        {
            return Err(invalid("its scheme, host or port is not that of the base URL".into()));
        }
        let method = Method::from_bytes(self.operation.method.as_bytes()).map_err(|error| invalid(error.into()))?;
        let body = Bytes::from(self.body);
        let sent = shown.map(|url| Sent {
            method: self.operation.method.into(),
            url,
            headers: self.headers.clone(),
            body: body.clone(),
            given: self.given,
        });
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        request
            .extensions_mut()
            .insert(Limits::new(settings.max_response_bytes));
        Ok(Finished { request, base, sent })
    }

    fn cookie_header(&mut self) -> Result<(), Failure> {
        if self.cookies.is_empty() {
            return Ok(());
        }
        let mut cookies = std::mem::take(&mut self.cookies);
        // The step may have written the header itself: join both lists (RFC 6265, section 5.4).
        let mut secret = self.secret_cookie;
        if let Some(own) = self.headers.get(header::COOKIE) {
            secret |= own.is_sensitive();
            if let Ok(own) = own.to_str() {
                cookies = format!("{own}; {cookies}");
            }
        }
        self.header_text("cookie", &cookies)?;
        if let Some(value) = self.headers.get_mut(header::COOKIE) {
            value.set_sensitive(secret);
        }
        Ok(())
    }

    /// Returns the URL without keys, with capacity for them. `queried` is whether the path has its own query.
    fn url(&self, base: &str, queried: bool) -> String {
        let length = base.len() + self.path.len() + 1 + self.query.len() + self.keys.len();
        let mut url = String::with_capacity(length);
        url.push_str(base);
        url.push_str(&self.path);
        if !self.query.is_empty() {
            if !queried {
                url.push('?');
            } else if !self.path.ends_with(['?', '&']) {
                url.push('&');
            }
            url.push_str(&self.query);
        }
        url
    }
}
