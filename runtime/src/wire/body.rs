//! Request bodies.

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Serialize;

use super::call::Call;
use super::failure::Failure;
use super::form::items;
use crate::blob::Blob;
use crate::error::ErrorKind;
use crate::json::datum::{Datum, write_string};
use crate::queries::escape::Replace;
use crate::wire::form::{self, Field};

/// Writes a JSON body: literal fragments of the document, with values between them.
#[derive(Debug)]
pub struct JsonBody<'a> {
    out: &'a mut Vec<u8>,
    /// Whether the JSON is sent; otherwise it is a value for another expression.
    plain: bool,
}

impl JsonBody<'_> {
    /// Writes a fragment unchanged.
    pub fn raw(&mut self, fragment: &str) -> &mut Self {
        self.out.extend_from_slice(fragment.as_bytes());
        self
    }

    /// Writes `,` unless this is the first member or item, and a fragment.
    pub fn next(&mut self, fragment: &str) -> &mut Self {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        self.raw(fragment)
    }

    /// Writes text inside a string literal, escaped.
    pub fn quoted(&mut self, text: &str) -> &mut Self {
        let start = self.out.len();
        write_string(text, self.out);
        // Remove the quotes.
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
    /// The value is absent.
    pub fn put(
        &mut self,
        value: Option<Datum<'_>>,
        expression: &str,
        line: u32,
        column: u32,
    ) -> Result<&mut Self, Failure> {
        self.given(value, "the payload", expression, line, column)
    }

    /// Writes a required value.
    ///
    /// # Errors
    /// The value is absent.
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
            // JSON cannot contain bytes: send them in Base64.
            Some(blob) => write_string(
                &base64::engine::general_purpose::STANDARD.encode(blob.bytes()),
                self.out,
            ),
            None => value.write_json(self.out),
        }
        self
    }

    /// Writes a value, or `null` if it is absent.
    pub fn datum_or_null(&mut self, value: Option<&Datum<'_>>) -> &mut Self {
        self.datum(value.unwrap_or(&Datum::Null))
    }

    /// Writes a value that implements `Serialize`.
    ///
    /// # Errors
    /// The value cannot be represented in JSON.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<&mut Self, Failure> {
        serde_json::to_writer(&mut *self.out, value).map_err(|error| {
            Failure::new(
                ErrorKind::Request,
                format!("a value of the payload cannot be represented in JSON: {error}"),
            )
        })?;
        Ok(self)
    }
}

/// Returns the JSON value that `write` writes.
///
/// # Errors
/// The error of `write`.
pub fn written(write: impl FnOnce(&mut JsonBody<'_>) -> Result<(), Failure>) -> Result<Datum<'static>, Failure> {
    let mut out = Vec::new();
    write(&mut JsonBody {
        out: &mut out,
        plain: false,
    })?;
    let text = String::from_utf8(out)
        .map_err(|_| Failure::new(ErrorKind::Request, "a value cannot be represented in JSON"))?;
    Ok(Datum::from_json(&text).into_owned())
}

pub(super) fn no_form(content_type: &str, value: &Datum<'_>) -> Failure {
    let message = format!(
        "a body of type `{content_type}` must be an object, found {}",
        value.kind()
    );
    Failure::new(ErrorKind::Request, message)
}

impl Call {
    /// Starts a JSON body.
    pub fn json(&mut self, content_type: &'static str) -> JsonBody<'_> {
        self.fixed_content_type(content_type);
        // Large enough for most requests.
        self.body.reserve(128);
        JsonBody {
            out: &mut self.body,
            plain: true,
        }
    }

    /// Checks that a body that was written as text is JSON.
    ///
    /// # Errors
    /// The body is not valid JSON.
    pub fn check_json(&mut self) -> Result<(), Failure> {
        match serde_json::from_slice::<serde::de::IgnoredAny>(&self.body) {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::new(
                ErrorKind::Request,
                format!("the payload is not valid JSON after its values were inserted: {error}"),
            )),
        }
    }

    /// Replaces a value in the JSON body. An absent value is written as null.
    ///
    /// # Errors
    /// The target of the pointer does not exist.
    pub fn replace(&mut self, pointer: &[&str], value: Option<&Datum<'_>>) -> Result<(), Failure> {
        let nowhere = || {
            let target = pointer.iter().fold(String::new(), |target, token| {
                target + "/" + &token.replace('~', "~0").replace('/', "~1")
            });
            Failure::new(
                ErrorKind::Request,
                format!("the replacement target `{target}` does not exist in the payload"),
            )
        };
        let text = std::str::from_utf8(&self.body).map_err(|_| nowhere())?;
        let replaced =
            crate::json::pointer::replace(text, pointer, value.unwrap_or(&Datum::Null)).ok_or_else(nowhere)?;
        self.body = replaced.into_bytes();
        Ok(())
    }

    /// Replaces every value of the body that a query selects. An absent value is written as null.
    ///
    /// # Errors
    /// The query selects nothing, or cannot be evaluated.
    pub fn replace_selected(&mut self, query: &impl Replace, value: Option<&Datum<'_>>) -> Result<(), Failure> {
        let failure = |problem: &str| {
            let message = format!("the replacement target `{}` {problem}", query.text());
            Failure::new(ErrorKind::Request, message)
        };
        let text = String::from_utf8_lossy(&self.body);
        match query.replaced(&text, value.unwrap_or(&Datum::Null)) {
            Ok(Some(replaced)) => self.body = replaced.into_bytes(),
            Ok(None) => return Err(failure("selects nothing in the payload")),
            Err(problem) => return Err(failure(&format!("cannot be evaluated: {problem}"))),
        }
        Ok(())
    }

    /// Sets a URL-encoded form as the body.
    ///
    /// # Errors
    /// The value is neither an object nor a string.
    pub fn form(&mut self, content_type: &'static str, value: &Datum<'_>, fields: &[Field]) -> Result<(), Failure> {
        let body = form::urlencoded(value, fields).ok_or_else(|| no_form(content_type, value))?;
        self.body = body.into_bytes();
        self.fixed_content_type(content_type);
        Ok(())
    }

    /// Sets a multipart form as the body.
    ///
    /// # Errors
    /// The value is not an object.
    pub fn multipart(
        &mut self,
        content_type: &'static str,
        value: &Datum<'_>,
        fields: &[Field],
    ) -> Result<(), Failure> {
        let (boundary, body) = form::multipart(value, fields).ok_or_else(|| no_form(content_type, value))?;
        self.body = body;
        // The compiler refuses a header `Content-Type` and a `boundary` of the document here.
        if let Ok(value) = HeaderValue::try_from(format!("{content_type}; boundary={boundary}")) {
            self.headers.insert(header::CONTENT_TYPE, value);
        }
        Ok(())
    }

    /// Sets the header `Content-Type`, unless the step writes it itself. The compiler has checked that the value can be
    /// sent.
    fn fixed_content_type(&mut self, content_type: &'static str) {
        let header::Entry::Vacant(place) = self.headers.entry(header::CONTENT_TYPE) else {
            return;
        };
        let value = match content_type {
            "application/json" => Ok(HeaderValue::from_static("application/json")),
            other => HeaderValue::from_maybe_shared(Bytes::from_static(other.as_bytes())),
        };
        if let Ok(value) = value {
            place.insert(value);
        }
    }

    /// Sets a body of JSON values, one per line: the items of an array, or a string that is already in this form.
    ///
    /// # Errors
    /// The value is null or an object.
    pub fn json_lines(&mut self, content_type: &'static str, value: &Datum<'_>) -> Result<(), Failure> {
        match value {
            Datum::Json(json) if json.starts_with('[') => {
                self.fixed_content_type(content_type);
                for item in items(value) {
                    // JSON has line breaks only between tokens; in strings they are escaped (RFC 8259, section 7).
                    let json = item.to_json();
                    self.body
                        .extend(json.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')));
                    self.body.push(b'\n');
                }
                Ok(())
            }
            _ => self.text(content_type, value),
        }
    }

    /// Sets a text body: a string unchanged, a number or boolean in JSON spelling, bytes unchanged.
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
            let message = format!(
                "a body of type `{content_type}` must be a string, found {}",
                value.kind()
            );
            return Err(Failure::new(ErrorKind::Request, message));
        }
        self.fixed_content_type(content_type);
        self.body = value.text().into_owned().into_bytes();
        Ok(())
    }
}
