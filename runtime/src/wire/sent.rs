//! Finishing a request, and its URL.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::base::{authority, given};
use super::call::{Call, Given};
use super::failure::Failure;
use super::outgoing::{Outgoing, Target};
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
    pub(crate) request: Box<Outgoing>,
    /// The base URL of the API.
    pub(crate) base: &'s str,
    /// A copy for expressions, if they read it.
    pub(crate) sent: Option<Box<Sent>>,
}

impl Call {
    pub(crate) fn finish<'s>(mut self, settings: &'s Settings, chosen: &[Chosen<'_>]) -> Result<Finished<'s>, Failure> {
        let base = given(self.operation, settings);
        // A base URL that is missing is what the user has to fix first.
        self.completed_headers(settings, chosen)
            .map_err(|failure| super::base::base(self.operation, settings).err().unwrap_or(failure))?;
        // RFC 9110, section 8.6: a method with content sends the length even if the content is empty.
        if self.body.is_empty() && matches!(self.operation.method, "POST" | "PUT" | "PATCH") {
            self.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let header::Entry::Vacant(accept) = self.headers.entry(header::ACCEPT) {
            accept.insert(HeaderValue::from_static("application/json, */*;q=0.8"));
        }
        let method = match self.operation.method {
            "GET" => Method::GET,
            "POST" => Method::POST,
            other => Method::from_bytes(other.as_bytes()).map_err(|error| self.invalid(error.into()))?,
        };
        let (target, shown) = self.target(base, settings)?;
        let body = Bytes::from(self.body);
        let sent = shown.map(|url| {
            Box::new(Sent {
                method: self.operation.method.into(),
                url,
                headers: self.headers.clone(),
                body: body.clone(),
                given: self.given,
            })
        });
        let request = Box::new(Outgoing {
            method,
            target,
            headers: self.headers,
            body,
            limits: Limits::new(settings.max_response_bytes),
            attempt: None,
        });
        Ok(Finished { request, base, sent })
    }

    /// Returns the URL, and its text if expressions read it.
    fn target(&mut self, base: &str, settings: &Settings) -> Result<(Target, Option<String>), Failure> {
        #[cfg(feature = "reqwest")]
        if !self.recalled
            && self.keys.is_empty()
            && let Some(url) = settings.urls.url(self.operation, base, &self.path, &self.query)
        {
            return Ok((Target::Url(url), None));
        }
        super::base::base(self.operation, settings)?;
        self.complete();
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
        let mut url = self.written_url(base, fixed.is_some());
        let shown = self.recalled.then(|| url.clone());
        if !self.keys.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&self.keys[1..]);
        }
        let uri = Uri::from_maybe_shared(Bytes::from(url)).map_err(|error| self.invalid(error.into()))?;
        // The texts of descriptions and values must not redirect a request and its credentials to another host. The URL
        // starts with the base URL, so the schemes are equal if their lengths are.
        let scheme = uri.scheme_str().map_or(0, str::len);
        if uri.authority().map(http::uri::Authority::as_str) != Some(authority(base))
            || base.as_bytes().get(scheme) != Some(&b':')
        {
            return Err(self.invalid("its scheme, host or port is not that of the base URL".into()));
        }
        Ok((Target::Uri(uri), shown))
    }

    fn invalid(&self, source: crate::transport::BoxError) -> Failure {
        Failure {
            source: Some(source),
            ..Failure::new(
                ErrorKind::Request,
                format!("the URL of `{}` cannot be sent", self.operation.name),
            )
        }
    }

    /// Adds the credentials, the headers of the client and the cookies.
    fn completed_headers(&mut self, settings: &Settings, chosen: &[Chosen<'_>]) -> Result<(), Failure> {
        for (kind, name, credential) in chosen {
            self.credential(kind, name, credential)?;
        }
        if let Some(source) = settings.sources.get(self.operation.source) {
            for (name, value) in &source.headers {
                if !self.headers.contains_key(name) {
                    self.headers.insert(name, value.clone());
                }
            }
        }
        self.cookie_header()
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
    fn written_url(&self, base: &str, queried: bool) -> String {
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
