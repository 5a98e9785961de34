//! Bodies of requests.

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
                format!("a value of the payload cannot be represented in JSON: {error}"),
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
                format!("the payload is not valid JSON after its values were inserted: {error}"),
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
                format!("the replacement target `{target}` does not exist in the payload"),
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
            Err(problem) => return Err(failure(&format!("cannot be evaluated: {problem}"))),
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

    /// A body of JSON values, each on a line: an array, or text that is ready.
    ///
    /// # Errors
    /// The value is neither.
    pub fn json_lines(&mut self, content_type: &'static str, value: &Datum<'_>) -> Result<(), Failure> {
        match value {
            Datum::Json(json) if json.starts_with('[') => {
                self.fixed_content_type(content_type);
                for item in items(value) {
                    // In JSON a line break stands between values only; in strings it is escaped (RFC 8259, section 7).
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
