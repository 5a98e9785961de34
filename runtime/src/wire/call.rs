//! The request of a step while it is being made.

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use serde::Serialize;

use crate::blob::Blob;
use crate::client::Settings;
use crate::error::{ErrorKind, Place};
use crate::json::datum::{Datum, write_string};
use crate::queries::escape::Replace;
use crate::run_id::{RunId, hash};
use crate::transport::Limits;
use crate::wire::form::{self, Field};
use crate::wire::style::{self, Style};
use crate::wire::token::Wanted;

/// An operation of an API, as the compiler writes it down.
#[derive(Debug)]
pub struct Operation {
    /// The name of the source description.
    pub source: &'static str,
    /// `operationId`, or method and path.
    pub name: &'static str,
    /// The method in upper case.
    pub method: &'static str,
    /// The path as the description has it, the names of parameters in braces.
    pub path: &'static str,
    /// The first server of the description; empty where there is none.
    pub server: &'static str,
    /// Alternatives of security schemes, each a list of schemes that are all needed; none where the
    /// description does not say, one without schemes where it rules credentials out.
    pub security: &'static [&'static [Scheme]],
    /// Whether the step writes the header `Authorization` itself.
    pub authorization: bool,
}

impl Operation {
    /// An operation without anything.
    pub const EMPTY: Self = Self {
        source: "",
        name: "",
        method: "GET",
        path: "",
        server: "",
        security: &[],
        authorization: false,
    };
}

/// A security scheme that an operation requires.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the description.
    pub name: &'static str,
    /// Where its credential goes.
    pub kind: SchemeKind,
    /// Whether the step writes the header, parameter or cookie itself.
    pub written: bool,
}

impl Scheme {
    /// A scheme whose credential goes into `Authorization`.
    #[must_use]
    pub const fn authorization(name: &'static str) -> Self {
        Self {
            name,
            kind: SchemeKind::Authorization,
            written: false,
        }
    }
}

/// Where a credential goes.
#[derive(Debug)]
pub enum SchemeKind {
    /// `Authorization`
    Authorization,
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
    /// `Authorization`, with a token that OAuth 2.0 gives.
    OAuth {
        /// Where tokens come from; empty where the description does not say.
        token_url: &'static str,
        /// What the operation needs.
        scopes: &'static [&'static str],
    },
    /// The transport itself.
    Transport,
}

/// Why an attempt failed before or after its request.
#[derive(Debug)]
pub struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) place: Option<Place>,
    pub(crate) source: Option<crate::transport::BoxError>,
    /// The response that made a called workflow fail.
    pub(crate) response: Option<Box<http::Response<Bytes>>>,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            source: None,
            response: None,
        }
    }

    /// A value that the request needs is absent.
    #[must_use]
    pub fn absent(what: &str, expression: &str, line: u32, column: u32) -> Self {
        let message = format!("{what} has no value: `{expression}` is absent");
        Self {
            place: Some(Place { line, column }),
            ..Self::new(ErrorKind::Request, message)
        }
    }
}

/// Why no request was made.
#[derive(Debug)]
pub enum Stop {
    /// The inputs with these indices were not given yet.
    Awaiting(Vec<usize>),
    /// The attempt failed.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A request that is being made.
#[derive(Clone, Debug)]
pub struct Call {
    operation: &'static Operation,
    path: String,
    query: String,
    headers: HeaderMap,
    cookies: String,
    body: Vec<u8>,
    given: Vec<Given>,
    /// Query parameters that carry credentials; expressions do not see them.
    keys: String,
    /// Whether a cookie carries a credential.
    secret_cookie: bool,
    /// Whether expressions read the request once it was sent.
    recalled: bool,
}

/// A path or query parameter as it was given, for `$request.path` and `$request.query`.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) in_path: bool,
    pub(crate) name: String,
    pub(crate) value: Datum<'static>,
}

impl Call {
    pub(crate) fn new(operation: Option<&'static Operation>) -> Self {
        Self {
            operation: operation.unwrap_or(&Operation::EMPTY),
            path: String::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            cookies: String::new(),
            body: Vec::new(),
            given: Vec::new(),
            keys: String::new(),
            secret_cookie: false,
            recalled: false,
        }
    }

    /// Says that expressions read the request once it was sent; else it is not kept.
    pub fn recalled(&mut self) -> &mut Self {
        self.recalled = true;
        self
    }

    /// Adds a piece of the path as it is; a path without pieces is that of the operation.
    pub fn path(&mut self, text: &str) -> &mut Self {
        self.path.push_str(text);
        self
    }

    /// Adds the value of a path parameter, percent-encoded whole.
    ///
    /// # Errors
    /// A null, which has no spelling in a path.
    pub fn path_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        if *value == Datum::Null {
            return Err(Failure::new(
                ErrorKind::Request,
                format!("path parameter `{name}` is null and cannot be sent"),
            ));
        }
        let text = style::path(name, value, style);
        if text.is_empty() {
            return Err(Failure::new(
                ErrorKind::Request,
                format!("path parameter `{name}` is empty and would name another path"),
            ));
        }
        self.give(true, name, value);
        self.path.push_str(&text);
        Ok(self)
    }

    /// Adds a query parameter; a null is left out.
    pub fn query_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> &mut Self {
        if *value != Datum::Null {
            self.give(false, name, value);
            for (name, text) in style::pairs(name, value, style) {
                self.query_pair(&name, &text);
            }
        }
        self
    }

    fn give(&mut self, in_path: bool, name: &str, value: &Datum<'_>) {
        if self.recalled {
            self.given.push(Given {
                in_path,
                name: name.to_owned(),
                value: value.clone().into_owned(),
            });
        }
    }

    /// Sets the whole query: a string that is one already (Arazzo 1.1.0, "Parameter Object"). Only
    /// characters that no query can have are encoded.
    ///
    /// # Errors
    /// A value that is no string.
    pub fn query_string(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        let Datum::Text(text) = value else {
            let message = format!("the whole query `{name}` must be a string, found {}", value.kind());
            return Err(Failure::new(ErrorKind::Request, message));
        };
        // One that is no form is a value like any other (OpenAPI 3.2, "Parameter Object Examples").
        self.query = match style.form {
            style::Form::Json | style::Form::Text => style::encoded(text, false),
            _ => style::encoded(text, true).replace('[', "%5B").replace(']', "%5D"),
        };
        Ok(self)
    }

    fn query_pair(&mut self, name: &str, text: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(name);
        self.query.push('=');
        self.query.push_str(text);
    }

    /// Adds a header; a null is left out.
    ///
    /// # Errors
    /// A value with CR, LF, NUL or another character that no header can have.
    pub fn header_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        if *value != Datum::Null {
            self.header_text(name, &style::header(value, style))?;
        }
        Ok(self)
    }

    fn header_text(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let header = HeaderName::try_from(name)
            .map_err(|_| Failure::new(ErrorKind::Request, format!("`{name}` is no name of a header")))?;
        let value = HeaderValue::try_from(text).map_err(|_| {
            Failure::new(
                ErrorKind::Request,
                format!("the value of the header `{name}` has a character that cannot be sent"),
            )
        })?;
        self.headers.insert(header, value);
        Ok(())
    }

    /// Adds a cookie; a null is left out.
    ///
    /// # Errors
    /// A name or value that would end the cookie and start another one (RFC 6265, section 4.2.1).
    pub fn cookie_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        if *value != Datum::Null {
            for (key, text) in style::cookies(name, value, style) {
                if text.contains(';') || key.contains([';', '=']) {
                    let message = format!("the value of the cookie `{name}` has a character that ends a cookie");
                    return Err(Failure::new(ErrorKind::Request, message));
                }
                self.cookie_pair(&key, &text);
            }
        }
        Ok(self)
    }

    fn cookie_pair(&mut self, name: &str, text: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(name);
        self.cookies.push('=');
        self.cookies.push_str(text);
    }

    /// Starts a JSON body.
    pub fn json(&mut self, content_type: &'static str) -> JsonBody<'_> {
        self.fixed_content_type(content_type);
        // Room for what most requests send.
        self.body.reserve(256);
        JsonBody {
            out: &mut self.body,
            plain: true,
        }
    }

    /// Makes sure that a body which was written as text is JSON.
    ///
    /// # Errors
    /// It is not.
    pub fn check_json(&mut self) -> Result<(), Failure> {
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::new(
                ErrorKind::Request,
                format!("the payload is not JSON once its values are in it: {error}"),
            )),
        }
    }

    /// Sets a value in the JSON body; one that is absent is null.
    ///
    /// # Errors
    /// The pointer leads nowhere.
    pub fn replace(&mut self, pointer: &[&str], value: Option<&Datum<'_>>) -> Result<(), Failure> {
        let nowhere = || {
            let target = pointer.iter().fold(String::new(), |target, token| {
                target + "/" + &token.replace('~', "~0").replace('/', "~1")
            });
            Failure::new(
                ErrorKind::Request,
                format!("the replacement target `{target}` leads nowhere in the payload"),
            )
        };
        let text = std::str::from_utf8(&self.body).map_err(|_| nowhere())?;
        let replaced =
            crate::json::pointer::replace(text, pointer, value.unwrap_or(&Datum::Null)).ok_or_else(nowhere)?;
        self.body = replaced.into_bytes();
        Ok(())
    }

    /// Sets a value in every place of the body that a query finds; one that is absent is null.
    ///
    /// # Errors
    /// The query finds nothing.
    pub fn replace_selected(&mut self, query: &impl Replace, value: Option<&Datum<'_>>) -> Result<(), Failure> {
        let failure = |problem: &str| {
            let message = format!("the replacement target `{}` {problem}", query.text());
            Failure::new(ErrorKind::Request, message)
        };
        let text = String::from_utf8_lossy(&self.body);
        match query.replaced(&text, value.unwrap_or(&Datum::Null)) {
            Ok(Some(replaced)) => self.body = replaced.into_bytes(),
            Ok(None) => return Err(failure("selects nothing in the payload")),
            Err(problem) => return Err(failure(&format!("cannot be looked for: {problem}"))),
        }
        Ok(())
    }

    /// Sets a body of name-value pairs.
    ///
    /// # Errors
    /// The value is neither an object nor a string.
    pub fn form(&mut self, content_type: &'static str, value: &Datum<'_>, fields: &[Field]) -> Result<(), Failure> {
        let body = form::urlencoded(value, fields).ok_or_else(|| no_form(content_type, value))?;
        self.body = body.into_bytes();
        self.fixed_content_type(content_type);
        Ok(())
    }

    /// Sets a body of parts.
    ///
    /// # Errors
    /// The value is no object.
    pub fn multipart(
        &mut self,
        content_type: &'static str,
        value: &Datum<'_>,
        fields: &[Field],
    ) -> Result<(), Failure> {
        let (boundary, body) = form::multipart(value, fields).ok_or_else(|| no_form(content_type, value))?;
        self.body = body;
        let essence = content_type.split(';').next().unwrap_or(content_type).trim();
        if let Ok(value) = HeaderValue::try_from(format!("{essence}; boundary={boundary}")) {
            self.headers.insert(header::CONTENT_TYPE, value);
        }
        Ok(())
    }

    /// The compiler has made sure that it is one that can be sent. What the step has written itself
    /// stays.
    fn fixed_content_type(&mut self, content_type: &'static str) {
        if self.headers.contains_key(header::CONTENT_TYPE) {
            return;
        }
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from_static(content_type.as_bytes())) {
            self.headers.insert(header::CONTENT_TYPE, value);
        }
    }

    /// Sets a body that is text: a string as it is, a number or boolean in JSON spelling, bytes as
    /// they are.
    ///
    /// # Errors
    /// The value is null, an array or an object.
    pub fn text(&mut self, content_type: &'static str, value: &Datum<'_>) -> Result<(), Failure> {
        if let Some(blob) = Blob::from_datum(value) {
            self.fixed_content_type(content_type);
            self.body = blob.bytes().to_vec();
            return Ok(());
        }
        if matches!(value, Datum::Null | Datum::Json(_)) {
            let message = format!("a body of type `{content_type}` is a string, found {}", value.kind());
            return Err(Failure::new(ErrorKind::Request, message));
        }
        self.fixed_content_type(content_type);
        self.body = value.text().into_owned().into_bytes();
        Ok(())
    }

    pub(crate) fn described(&self) -> &'static Operation {
        self.operation
    }

    /// A path without pieces is that of the operation.
    pub(crate) fn complete(&mut self) {
        if self.path.is_empty() {
            self.path.push_str(self.operation.path);
        }
    }

    /// Adds the key by which an API recognises a request that it has had already, where the client
    /// turns that on: to methods that would do their work twice. `key` is given a hash of the request.
    pub(crate) fn key(&mut self, settings: &Settings, key: impl FnOnce(u64) -> RunId) {
        let source = settings.sources.get(self.operation.source);
        let Some(name) = source.and_then(|source| source.idempotency.as_ref()) else {
            return;
        };
        if !matches!(self.operation.method, "POST" | "PATCH") || self.headers.contains_key(name) {
            return;
        }
        let content = hash(&[self.path.as_bytes(), self.query.as_bytes(), &self.body]);
        if let Ok(value) = HeaderValue::try_from(key(content).to_string()) {
            self.headers.insert(name.clone(), value);
        }
    }

    /// What a token is needed with, if one is.
    pub(crate) fn token(&self, chosen: &[Chosen<'_>], settings: &Settings) -> Result<Option<Wanted>, Failure> {
        let wanted = chosen
            .iter()
            .find_map(|(kind, name, credential)| Some((kind, name, credential.client()?)));
        let Some((kind, name, client)) = wanted else {
            return Ok(None);
        };
        let (token_url, scopes) = match kind {
            SchemeKind::OAuth { token_url, scopes } => (*token_url, *scopes),
            _ => ("", &[][..]),
        };
        Wanted::new(client, token_url, scopes, name, base(self.operation, settings)?).map(Some)
    }

    pub(crate) fn finish<'s>(
        mut self,
        settings: &'s Settings,
        chosen: &[Chosen<'_>],
        token: Option<&str>,
    ) -> Result<Finished<'s>, Failure> {
        let known = settings.sources.get(self.operation.source);
        let base = base(self.operation, settings)?;
        for (kind, name, credential) in chosen {
            self.credential(kind, name, credential, token)?;
        }
        if let Some(source) = known {
            for (name, value) in &source.headers {
                if !self.headers.contains_key(name) {
                    self.headers.insert(name, value.clone());
                }
            }
        }
        if !self.cookies.is_empty() {
            let mut cookies = std::mem::take(&mut self.cookies);
            // A step may have written the header itself: it is one list (RFC 6265, section 5.4).
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
        }
        // RFC 9110, section 8.6: a method that has content says so even where there is none.
        if self.body.is_empty() && matches!(self.operation.method, "POST" | "PUT" | "PATCH") {
            self.headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if !self.headers.contains_key(header::ACCEPT) {
            self.headers
                .insert(header::ACCEPT, HeaderValue::from_static("application/json, */*;q=0.8"));
        }
        // A template may have a query of its own; in values `?` is encoded.
        let fixed = self.path.find('?');
        if self.path.as_bytes().first() != Some(&b'/')
            || names_another_path(&self.path[..fixed.unwrap_or(self.path.len())])
        {
            let message = format!(
                "the path `{}` of `{}` would be another one: it has a segment of dots",
                self.path, self.operation.name
            );
            return Err(Failure::new(ErrorKind::Request, message));
        }
        let length = base.len() + self.path.len() + 1 + self.query.len() + self.keys.len();
        let mut url = String::with_capacity(length);
        url.push_str(base);
        url.push_str(&self.path);
        if !self.query.is_empty() {
            match fixed {
                None => url.push('?'),
                Some(_) if self.path.ends_with(['?', '&']) => {}
                Some(_) => url.push('&'),
            }
            url.push_str(&self.query);
        }
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
        // No text of a description or value can move a request and its credentials to another host.
        // The text of the URL starts with that of the base, so that the scheme is the same if its length is.
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

    /// The credentials that go along, and how.
    pub(crate) fn chosen<'s>(&self, settings: &'s Settings) -> Result<Vec<Chosen<'s>>, Failure> {
        let operation = self.operation;
        let written = |scheme: &Scheme| scheme.written && self.writes(&scheme.kind);
        let authorization = self.headers.contains_key(header::AUTHORIZATION);
        choose(operation, settings, written, authorization)
    }

    /// Whether the request has what a scheme needs without the client.
    fn writes(&self, kind: &SchemeKind) -> bool {
        let has = |pairs: &str, separator: char, name: &str| {
            let name = style::encoded(name, false);
            pairs
                .split(separator)
                .any(|pair| pair.trim_start().split('=').next() == Some(name.as_str()))
        };
        match kind {
            SchemeKind::Authorization | SchemeKind::OAuth { .. } => self.headers.contains_key(header::AUTHORIZATION),
            SchemeKind::Header(name) => self.headers.contains_key(*name),
            SchemeKind::Query(name) => has(&self.query, '&', name),
            SchemeKind::Cookie(name) => has(&self.cookies, ';', name),
            SchemeKind::Transport => true,
        }
    }

    fn credential(
        &mut self,
        kind: &SchemeKind,
        name: &str,
        credential: &crate::Credential,
        token: Option<&str>,
    ) -> Result<(), Failure> {
        let unfit = || {
            Failure::new(
                ErrorKind::MissingCredential,
                format!(
                    "the {} credential does not fit the security scheme `{name}`",
                    credential.name()
                ),
            )
        };
        match kind {
            SchemeKind::Authorization | SchemeKind::OAuth { .. } => {
                if self.headers.contains_key(header::AUTHORIZATION) {
                    return Ok(());
                }
                let value = match (credential.client(), token) {
                    (Some(_), Some(token)) => HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| ()),
                    _ => credential.authorization().ok_or_else(unfit)?.clone(),
                };
                let mut value = value.map_err(|()| {
                    Failure::new(
                        ErrorKind::Configuration,
                        format!("the credential for `{name}` has a character that cannot be sent"),
                    )
                })?;
                value.set_sensitive(true);
                self.headers.insert(header::AUTHORIZATION, value);
            }
            // An API key that is sent where HTTP authentication puts its own.
            SchemeKind::Header(header) if is_authorization(header) && credential.authorization().is_some() => {
                return self.credential(&SchemeKind::Authorization, name, credential, token);
            }
            SchemeKind::Header(header) => {
                let name = HeaderName::try_from(*header).map_err(|_| unfit())?;
                if !self.headers.contains_key(&name) {
                    let mut value = HeaderValue::try_from(credential.key().ok_or_else(unfit)?).map_err(|_| unfit())?;
                    value.set_sensitive(true);
                    self.headers.insert(name, value);
                }
            }
            SchemeKind::Query(parameter) => {
                let key = credential.key().ok_or_else(unfit)?;
                self.keys.push('&');
                self.keys.push_str(&style::encoded(parameter, false));
                self.keys.push('=');
                self.keys.push_str(&style::encoded(key, false));
            }
            SchemeKind::Cookie(cookie) => {
                self.secret_cookie = true;
                self.cookie_pair(
                    &style::encoded(cookie, false),
                    &style::encoded(credential.key().ok_or_else(unfit)?, false),
                );
            }
            SchemeKind::Transport => {}
        }
        Ok(())
    }
}

/// Where an operation is.
pub(crate) fn base<'s>(operation: &Operation, settings: &'s Settings) -> Result<&'s str, Failure>
where
    'static: 's,
{
    let known = settings.sources.get(operation.source);
    let own = known.and_then(|source| {
        let own = source.operations.get(operation.name);
        own.or(source.base_url.as_ref()).map(String::as_str)
    });
    let base = own.unwrap_or(operation.server);
    if is_absolute(base) {
        return Ok(base);
    }
    let reason = if base.is_empty() {
        "its description names no server".to_owned()
    } else {
        format!("its description has only `{base}`")
    };
    let message = format!(
        "no base URL for API `{}` ({reason}); set one with `source(\"{0}\", |api| api.base_url(…))`",
        operation.source
    );
    Err(Failure::new(ErrorKind::Configuration, message))
}

/// Host and port of an absolute base URL.
fn authority(base: &str) -> &str {
    let start = base.find(':').map_or(base.len(), |colon| colon + "://".len());
    let rest = base.get(start..).unwrap_or("");
    rest.find('/').map_or(rest, |end| &rest[..end])
}

/// Whether a path has a segment that a URL parser removes together with the one before it (RFC 3986,
/// section 5.2.4; the URL Standard reads `%2e` as a dot).
fn names_another_path(path: &str) -> bool {
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

/// Whether a header is the one of HTTP authentication.
fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

/// Whether a credential can be sent as a scheme says.
fn fits(credential: &crate::Credential, kind: &SchemeKind) -> bool {
    let authorizes = credential.authorization().is_some() || credential.client().is_some();
    match kind {
        SchemeKind::OAuth { .. } | SchemeKind::Authorization => authorizes,
        SchemeKind::Header(name) if is_authorization(name) => authorizes || credential.key().is_some(),
        SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => {
            credential.key().is_some() && !authorizes
        }
        SchemeKind::Transport => false,
    }
}

/// The credentials of the first alternative of an operation's security that the client can satisfy: by
/// credentials for its schemes, by what the step writes itself, or by the one of the source, which
/// stands for one scheme.
pub(crate) fn choose<'s>(
    operation: &'static Operation,
    settings: &'s Settings,
    written: impl Fn(&Scheme) -> bool,
    authorization: bool,
) -> Result<Vec<Chosen<'s>>, Failure> {
    if matches!(operation.security, [all] if all.is_empty()) {
        return Ok(Vec::new());
    }
    let source = settings.sources.get(operation.source);
    let schemes = source.map(|source| &source.schemes);
    let of_scheme = |scheme: &Scheme| schemes.and_then(|schemes| schemes.get(scheme.name));
    let general = source.and_then(|source| source.credential.as_ref());
    let stated = || operation.security.iter().filter(|all| !all.is_empty());
    let satisfy = |all: &'static [Scheme], mut general: Option<&'s crate::Credential>| {
        let mut chosen: Vec<Chosen<'s>> = Vec::new();
        for scheme in all {
            if let Some(credential) = of_scheme(scheme) {
                chosen.push((&scheme.kind, scheme.name, credential));
            } else if matches!(scheme.kind, SchemeKind::Transport) || written(scheme) {
            } else {
                let credential = general.filter(|credential| fits(credential, &scheme.kind))?;
                chosen.push((&scheme.kind, scheme.name, credential));
                general = None;
            }
        }
        Some(chosen)
    };
    if let Some(chosen) = stated().find_map(|all| satisfy(all, None)) {
        return Ok(chosen);
    }
    if let Some(chosen) = stated().find_map(|all| satisfy(all, general)) {
        return Ok(chosen);
    }
    let optional = operation.security.iter().any(|all| all.is_empty());
    if operation.security.is_empty() {
        // The description says nothing: what goes into `Authorization` goes there, a key nowhere.
        let credential = general.filter(|credential| fits(credential, &SchemeKind::Authorization));
        let chosen = credential.map(|credential| (&SchemeKind::Authorization, "Authorization", credential));
        return Ok(chosen.into_iter().collect());
    }
    // What the workflow writes into `Authorization` counts, whatever the description demands.
    if authorization || (optional && general.is_none()) {
        return Ok(Vec::new());
    }
    let wanted: Vec<String> = stated()
        .map(|all| {
            let names = all.iter().map(|scheme| format!("`{}`", scheme.name));
            names.collect::<Vec<_>>().join(" and ")
        })
        .collect();
    let has = match general {
        Some(credential) => format!("its {} credential cannot be sent that way", credential.name()),
        None => "the client has no credential for it".to_owned(),
    };
    let message = format!(
        "operation `{}` requires the security scheme {}, and {has}; give one by `source(\"{}\", |api| api.credential(…))`",
        operation.name,
        wanted.join(" or "),
        operation.source,
    );
    Err(Failure::new(ErrorKind::MissingCredential, message))
}

/// A credential that goes along, where it goes, and what the description calls it.
pub(crate) type Chosen<'s> = (&'static SchemeKind, &'static str, &'s crate::Credential);

/// A request that was sent, as expressions see it.
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
    /// The same for expressions, where they read it.
    pub(crate) sent: Option<Sent>,
}

/// Whether a base URL says where a server is and nothing that follows a path.
fn is_absolute(base: &str) -> bool {
    let bytes = base.as_bytes();
    let scheme = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let rest = bytes.get(scheme..).and_then(|rest| rest.strip_prefix(b"://"));
    scheme > 0
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.iter().any(|byte| matches!(byte, b'{' | b'?' | b'#')))
}

/// A JSON body: literal fragments of the document with values between them.
#[derive(Debug)]
pub struct JsonBody<'a> {
    out: &'a mut Vec<u8>,
    /// Whether it is JSON that is sent, and not a value that goes on.
    plain: bool,
}

impl JsonBody<'_> {
    /// Writes a fragment as it is.
    pub fn raw(&mut self, fragment: &str) -> &mut Self {
        self.out.extend_from_slice(fragment.as_bytes());
        self
    }

    /// Writes `,` unless nothing stands in front in the same object, and a fragment.
    pub fn next(&mut self, fragment: &str) -> &mut Self {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        self.raw(fragment)
    }

    /// Writes text inside a string literal, escaped for it.
    pub fn quoted(&mut self, text: &str) -> &mut Self {
        let start = self.out.len();
        write_string(text, self.out);
        // Without the quotes.
        self.out.remove(start);
        self.out.pop();
        self
    }

    /// Writes a string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        write_string(text, self.out);
        self
    }

    /// Writes a value of the payload.
    ///
    /// # Errors
    /// It is absent.
    pub fn put(
        &mut self,
        value: Option<Datum<'_>>,
        expression: &str,
        line: u32,
        column: u32,
    ) -> Result<&mut Self, Failure> {
        self.given(value, "the payload", expression, line, column)
    }

    /// Writes a value that must be there.
    ///
    /// # Errors
    /// It is absent.
    pub fn given(
        &mut self,
        value: Option<Datum<'_>>,
        what: &str,
        expression: &str,
        line: u32,
        column: u32,
    ) -> Result<&mut Self, Failure> {
        match value {
            Some(value) => Ok(self.datum(&value)),
            None => Err(Failure::absent(what, expression, line, column)),
        }
    }

    /// Writes a value.
    pub fn datum(&mut self, value: &Datum<'_>) -> &mut Self {
        match Blob::from_datum(value).filter(|_| self.plain) {
            // JSON has no bytes: they go as Base64.
            Some(blob) => write_string(
                &base64::engine::general_purpose::STANDARD.encode(blob.bytes()),
                self.out,
            ),
            None => value.write_json(self.out),
        }
        self
    }

    /// Writes a value, or `null` where there is none.
    pub fn datum_or_null(&mut self, value: Option<&Datum<'_>>) -> &mut Self {
        self.datum(value.unwrap_or(&Datum::Null))
    }

    /// Writes anything that serialises.
    ///
    /// # Errors
    /// A value that has no JSON form.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<&mut Self, Failure> {
        serde_json::to_writer(&mut *self.out, value).map_err(|error| {
            Failure::new(
                ErrorKind::Request,
                format!("a value of the payload has no JSON form: {error}"),
            )
        })?;
        Ok(self)
    }
}

/// The value that `write` writes as JSON.
///
/// # Errors
/// What `write` says.
pub fn written(write: impl FnOnce(&mut JsonBody<'_>) -> Result<(), Failure>) -> Result<Datum<'static>, Failure> {
    let mut out = Vec::new();
    write(&mut JsonBody {
        out: &mut out,
        plain: false,
    })?;
    let text = String::from_utf8(out).map_err(|_| Failure::new(ErrorKind::Request, "a value has no JSON form"))?;
    Ok(Datum::from_json(&text).into_owned())
}

fn no_form(content_type: &str, value: &Datum<'_>) -> Failure {
    let message = format!(
        "a body of type `{content_type}` is made of an object, found {}",
        value.kind()
    );
    Failure::new(ErrorKind::Request, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style {
        form: crate::wire::style::Form::Simple,
        explode: false,
        reserved: false,
    };

    #[test]
    fn a_path_value_stays_one_segment() {
        let mut call = Call::new(None);
        let empty = Datum::Text("".into());
        assert!(call.path("/users/").path_value("id", &empty, PLAIN).is_err());
        for bad in ["/a/.", "/a/..", "/a/../b", "/a/%2e%2E/b", "/a/.%2e", "/.", "/%2e"] {
            assert!(names_another_path(bad), "{bad}");
        }
        for good in ["/a/...", "/a/.b", "/a/b.", "/", "/a//b", "/..a", "/%2f.."] {
            assert!(!names_another_path(good), "{good}");
        }
        let mut call = Call::new(None);
        call.path("/users/")
            .path_value("id", &Datum::Text("../a?b#c".into()), PLAIN)
            .unwrap();
        assert_eq!(call.path, "/users/..%2Fa%3Fb%23c");
    }

    #[test]
    fn members_are_separated_whichever_come_first() {
        let mut call = Call::new(None);
        let mut body = call.json("application/json");
        body.raw("{")
            .next("\"a\":")
            .text("x")
            .next("\"b\":")
            .datum_or_null(None)
            .raw("}");
        assert_eq!(call.body, b"{\"a\":\"x\",\"b\":null}");
    }
}
