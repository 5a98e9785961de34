//! Building the request of a step.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::failure::Failure;
use super::operation::Operation;
use crate::client::Settings;
use crate::error::ErrorKind;
use crate::json::datum::Datum;
use crate::run_id::{RunId, hash};
use crate::wire::style::{self, Style};

/// A request that is being built.
#[derive(Clone, Debug)]
pub struct Call {
    pub(super) operation: &'static Operation,
    pub(super) path: String,
    pub(super) query: String,
    pub(crate) headers: HeaderMap,
    pub(super) cookies: String,
    pub(crate) body: Vec<u8>,
    pub(super) given: Vec<Given>,
    /// Query parameters that carry credentials; expressions cannot read them.
    pub(super) keys: String,
    /// Whether a cookie carries a credential.
    pub(super) secret_cookie: bool,
    /// Whether expressions read the request after it was sent.
    pub(super) recalled: bool,
}

/// The value of a path or query parameter, for `$request.path` and `$request.query`.
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

    /// Keeps the request after it was sent, for expressions that read it.
    pub fn recalled(&mut self) -> &mut Self {
        self.recalled = true;
        self
    }

    /// Appends a part of the path unchanged. Without parts, the path is that of the operation.
    pub fn path(&mut self, text: &str) -> &mut Self {
        if self.path.is_empty() {
            // Long enough for most paths.
            self.path.reserve(64);
        }
        self.path.push_str(text);
        self
    }

    /// Appends the value of a path parameter, percent-encoded.
    ///
    /// # Errors
    /// The value is null or empty, which a path cannot contain.
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
                format!("path parameter `{name}` is empty and would change the path"),
            ));
        }
        self.give(true, name, value);
        self.path.push_str(&text);
        Ok(self)
    }

    /// Adds a query parameter. Null is left out.
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

    /// Sets the whole query to a string that is already encoded (Arazzo 1.1.0, "Parameter Object"). Only characters
    /// that are not allowed in a query are encoded.
    ///
    /// # Errors
    /// The value is not a string.
    pub fn query_string(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        let Datum::Text(text) = value else {
            let message = format!("the query string `{name}` must be a string, found {}", value.kind());
            return Err(Failure::new(ErrorKind::Request, message));
        };
        // A query that is not a form is encoded like any other value (OpenAPI 3.2, "Parameter Object Examples").
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

    /// Sets a header. Null is left out.
    ///
    /// # Errors
    /// The value contains CR, LF, NUL or another character that is not allowed in headers.
    pub fn header_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        if *value != Datum::Null {
            self.header_text(name, &style::header(value, style))?;
        }
        Ok(self)
    }

    pub(super) fn header_text(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let header = HeaderName::try_from(name)
            .map_err(|_| Failure::new(ErrorKind::Request, format!("`{name}` is not a valid header name")))?;
        let value = HeaderValue::try_from(text).map_err(|_| {
            Failure::new(
                ErrorKind::Request,
                format!("the value of the header `{name}` contains a character that cannot be sent"),
            )
        })?;
        self.headers.insert(header, value);
        Ok(())
    }

    /// Adds a cookie. Null is left out.
    ///
    /// # Errors
    /// The name or value contains a character that ends the cookie (RFC 6265, section 4.2.1).
    pub fn cookie_value(&mut self, name: &str, value: &Datum<'_>, style: Style) -> Result<&mut Self, Failure> {
        if *value != Datum::Null {
            for (key, text) in style::cookies(name, value, style) {
                if text.contains(';') || key.contains([';', '=']) {
                    let message =
                        format!("the value of the cookie `{name}` contains a character that is not allowed in cookies");
                    return Err(Failure::new(ErrorKind::Request, message));
                }
                self.cookie_pair(&key, &text);
            }
        }
        Ok(self)
    }

    pub(super) fn cookie_pair(&mut self, name: &str, text: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(name);
        self.cookies.push('=');
        self.cookies.push_str(text);
    }

    pub(crate) fn described(&self) -> &'static Operation {
        self.operation
    }

    /// Uses the path of the operation if no parts were appended.
    pub(super) fn complete(&mut self) {
        if self.path.is_empty() {
            self.path.push_str(self.operation.path);
        }
    }

    /// Adds the idempotency key to `POST` and `PATCH`, if the client has turned it on. `key` is called with a hash of
    /// the request.
    pub(crate) fn key(&mut self, settings: &Settings, key: impl FnOnce(u64) -> RunId) {
        let source = settings.sources.get(self.operation.source);
        let Some(name) = source.and_then(|source| source.idempotency.as_ref()) else {
            return;
        };
        if !matches!(self.operation.method, "POST" | "PATCH") || self.headers.contains_key(name) {
            return;
        }
        let path = if self.path.is_empty() {
            self.operation.path
        } else {
            &self.path
        };
        let content = hash(&[path.as_bytes(), self.query.as_bytes(), &self.body]);
        if let Ok(value) = HeaderValue::try_from(key(content).to_string()) {
            self.headers.insert(name.clone(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sent::names_another_path;
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
