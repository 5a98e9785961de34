//! The request that a step makes, by document and description alone.

use serde_json::Value;

use crate::api::{Operation, Scheme, Style, is_json};
use crate::document::{Parameter, Step};
use crate::exceptions::placeless;
use crate::expression::{Got, Scope};
use crate::reader::{percent_decoded, text, word};
use crate::style::{pairs, plain};

/// Text, or something that is not known here.
pub type Text = Option<String>;

/// A request.
#[derive(Debug, Default)]
pub struct Request {
    pub method: String,
    /// Scheme, host, port and base path.
    pub base: String,
    /// The path, decoded.
    pub path: Vec<Text>,
    pub query: Vec<(String, Text)>,
    /// With names in lower case.
    pub headers: Vec<(String, Text)>,
    pub cookies: Vec<(String, Text)>,
    pub content_type: Option<String>,
    pub body: Body,
    /// Parameters of the document that no request can have.
    pub lost: Vec<String>,
}

/// A body.
#[derive(Debug, Default, PartialEq)]
pub enum Body {
    #[default]
    None,
    Json(Value),
    Pairs(Vec<(String, Text)>),
    Parts(Vec<String>),
    Text(String),
    /// There is one, but it is not evaluated here.
    Unknown,
}

/// The secret of a security scheme, which the driver passes to the client.
pub fn credential(name: &str) -> String {
    format!(
        "secret-of-{}",
        name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
    )
}

/// What has no value, so that a step cannot make a request; as the error names it.
pub type Unsendable = String;

impl Request {
    /// `base` is the base URL that the client is told of, if it is.
    pub fn of(
        step: &Step<'_>,
        operation: &Operation<'_>,
        scope: &Scope<'_>,
        base: Option<&str>,
    ) -> Result<Self, Unsendable> {
        let mut request = Self {
            method: operation.method.to_ascii_uppercase(),
            ..Self::default()
        };
        request.base = base.map_or_else(|| operation.server(), str::to_owned);
        let (path, fixed) = operation.path.split_once('?').unwrap_or((operation.path, ""));
        request.path = request.path(path, step, operation, scope)?;
        request
            .query
            .extend(fixed.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.to_owned(), Some(value.to_owned()))
            }));
        for parameter in &step.parameters {
            request.add(parameter, operation, scope)?;
        }
        request.body(step, operation, scope)?;
        request.authorize(operation);
        Ok(request)
    }

    fn path(
        &self,
        template: &str,
        step: &Step<'_>,
        operation: &Operation<'_>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Text>, Unsendable> {
        let mut pieces = Vec::new();
        let mut rest = template;
        if !rest.starts_with('/') {
            pieces.push(Some("/".to_owned()));
        }
        while let Some((before, after)) = rest.split_once('{') {
            pieces.push(Some(percent_decoded(before)));
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let found = step
                .parameters
                .iter()
                .find(|parameter| parameter.place == "path" && parameter.name == name);
            let value = found.map_or(Got::Absent, |parameter| scope.value(parameter.value));
            pieces.push(match value {
                Got::Value(Value::Null) | Got::Absent => {
                    return Err(format!("path parameter `{name}`"));
                }
                Got::Unknown => None,
                Got::Value(value) => Some(plain(name, &value, &operation.style(name, "path"))),
            });
            rest = after;
        }
        pieces.push(Some(percent_decoded(rest)));
        Ok(pieces)
    }

    fn add(
        &mut self,
        parameter: &Parameter<'_>,
        operation: &Operation<'_>,
        scope: &Scope<'_>,
    ) -> Result<(), Unsendable> {
        let Parameter { name, place, .. } = parameter;
        let value = match scope.value(parameter.value) {
            Got::Absent if operation.requires(name, place) => return Err(format!("{place} parameter `{name}`")),
            Got::Absent | Got::Value(Value::Null) => return Ok(()),
            Got::Value(value) => Some(value),
            Got::Unknown => None,
        };
        let style = operation.style(parameter.name, parameter.place);
        let all = match &value {
            Some(value) => pairs(parameter.name, value, &style),
            None => vec![(parameter.name.to_owned(), None)],
        };
        match parameter.place {
            "query" => self.query.extend(all),
            "cookie" => self.cookies.extend(all),
            "header" => {
                let value = value.map(|value| plain(name, &value, &style));
                self.headers.push((parameter.name.to_ascii_lowercase(), value));
            }
            "path" if operation.path.contains(&format!("{{{name}}}")) => {}
            "path" if placeless(name) => {}
            _ => self.lost.push(format!("{place} parameter `{name}`")),
        }
        Ok(())
    }

    fn body(&mut self, step: &Step<'_>, operation: &Operation<'_>, scope: &Scope<'_>) -> Result<(), Unsendable> {
        let by_header = self.headers.iter().position(|(name, _)| name == "content-type");
        let by_header = by_header.and_then(|at| self.headers.remove(at).1);
        let Some(body) = step.at.get("requestBody") else {
            self.content_type = by_header;
            return Ok(());
        };
        let written = word(body, "contentType").filter(|media| !media.contains('*'));
        // A header that is computed says nothing about how the body is written.
        let computed = step.parameters.iter().any(|parameter| {
            let value = parameter.value.as_str().unwrap_or("");
            parameter.name.eq_ignore_ascii_case("content-type") && value.contains('$')
        });
        let literal = by_header.clone().filter(|_| !computed);
        let by_description = written.is_none() && literal.is_none();
        let Some(media) = written
            .map(str::to_owned)
            .or(literal)
            .or_else(|| chosen(&operation.consumes()))
        else {
            self.body = Body::Unknown;
            return Ok(());
        };
        let payload = body.get("payload").unwrap_or(&Value::Null);
        let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        // Where only the description speaks of text, what is none is JSON (`payload-content-type`).
        let is_structure = match scope.value(payload) {
            Got::Value(value) => value.is_object() || value.is_array(),
            Got::Absent | Got::Unknown => false,
        };
        let fields = essence.starts_with("multipart/") || essence == "application/x-www-form-urlencoded";
        if by_description && is_structure && !is_json(&essence) && !fields {
            self.body = payload_of(payload, "application/json", operation, scope)?;
            self.content_type = Some("application/json".to_owned());
            return Ok(());
        }
        self.body = payload_of(payload, &essence, operation, scope)?;
        self.content_type = by_header.filter(|_| computed).or(Some(media));
        Ok(())
    }

    /// Adds the credentials of the first alternative that has any; what the workflow writes at their place wins.
    fn authorize(&mut self, operation: &Operation<'_>) {
        let alternatives = operation.security();
        let Some(all) = alternatives.into_iter().find(|all| !all.is_empty()) else {
            return;
        };
        for (name, scheme) in all {
            let secret = credential(&name);
            match scheme {
                Scheme::Basic => self.header("authorization", format!("Basic {}", base64(&format!("user:{secret}")))),
                Scheme::Bearer | Scheme::Undefined => self.header("authorization", format!("Bearer {secret}")),
                Scheme::Header(header) => self.header(&header, secret),
                Scheme::Query(parameter) if !self.query.iter().any(|(name, _)| *name == parameter) => {
                    self.query.push((parameter, Some(secret)));
                }
                Scheme::Cookie(cookie) if !self.cookies.iter().any(|(name, _)| *name == cookie) => {
                    self.cookies.push((cookie, Some(secret)));
                }
                Scheme::Query(_) | Scheme::Cookie(_) | Scheme::Transport => {}
            }
        }
    }

    fn header(&mut self, name: &str, value: String) {
        let name = name.to_ascii_lowercase();
        if !self.headers.iter().any(|(known, _)| *known == name) {
            self.headers.push((name, Some(value)));
        }
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The base URL that the client is told of where the description has no absolute one.
pub fn override_of(source: &str) -> String {
    format!("https://{}.test/base", source.replace('_', "-").to_ascii_lowercase())
}

/// The only media type, else JSON.
fn chosen(offered: &[String]) -> Option<String> {
    let concrete: Vec<&String> = offered.iter().filter(|media| !media.contains('*')).collect();
    let mut json = concrete
        .iter()
        .filter(|media| media.split(';').next() == Some("application/json"));
    match concrete.as_slice() {
        [only] => Some((*only).clone()),
        [] => Some("application/json".to_owned()),
        _ => json.next().map(|media| (*media).clone()),
    }
}

fn payload_of(
    payload: &Value,
    essence: &str,
    operation: &Operation<'_>,
    scope: &Scope<'_>,
) -> Result<Body, Unsendable> {
    if let (Value::String(written), true) = (payload, is_json(essence))
        && written.trim_start().starts_with(['{', '['])
        && !written.trim_start().starts_with("{$")
    {
        return Ok(json_text(written, scope));
    }
    let value = match scope.value(payload) {
        Got::Value(value) => value,
        Got::Absent => return Err("payload".to_owned()),
        Got::Unknown => return Ok(Body::Unknown),
    };
    Ok(match (essence, value) {
        (essence, value) if is_json(essence) => Body::Json(value),
        ("application/x-www-form-urlencoded", Value::Object(members)) => {
            let style = |name: &str| -> Style { operation.field_style(essence, name) };
            let all = members.iter().filter(|(_, value)| !value.is_null());
            Body::Pairs(all.flat_map(|(name, value)| pairs(name, value, &style(name))).collect())
        }
        (essence, Value::Object(members)) if essence.starts_with("multipart/") => {
            let all = members.iter().filter(|(_, value)| !value.is_null());
            Body::Parts(all.map(|(name, _)| name.clone()).collect())
        }
        // Text and bytes are written as a string.
        (essence, value) if value.is_object() || value.is_array() => {
            return Err(format!("a body of type `{essence}` is a string"));
        }
        (_, value) => Body::Text(text(&value)),
    })
}

/// JSON as text: what is embedded in a string literal is escaped for it.
fn json_text(written: &str, scope: &Scope<'_>) -> Body {
    let spell = |before: &str, value: &Value| {
        let quoted = before.replace("\\\"", "").matches('"').count() % 2 == 1;
        let json = Value::String(text(value)).to_string();
        if quoted {
            json[1..json.len() - 1].to_owned()
        } else {
            text(value)
        }
    };
    match scope.embedded(written, spell) {
        Got::Value(Value::String(text)) => serde_json::from_str(&text).map_or(Body::Unknown, Body::Json),
        _ => Body::Unknown,
    }
}
