//! What a description says of an operation: where it is, what it takes, who may call it, what it returns.

use serde_json::Value;

use crate::reader::{follow, items, member, members, text, word};

/// A description.
pub struct Api {
    pub name: String,
    pub url: String,
    pub root: Value,
}

/// An operation of it.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    pub api: &'a Api,
    pub path: &'a str,
    pub method: &'a str,
    item: &'a Value,
    own: &'a Value,
}

/// How a parameter is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    pub name: String,
    pub explode: bool,
    /// A `content` of JSON.
    pub json: bool,
}

/// A credential that an operation asks for, and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Scheme {
    Basic,
    Bearer,
    Header(String),
    Query(String),
    Cookie(String),
    Transport,
    /// Its definition is missing.
    Undefined,
}

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

impl Api {
    fn swagger(&self) -> bool {
        self.root.get("swagger").is_some()
    }

    fn all(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = members(&self.root, &self.root, "paths");
        paths.into_iter().flat_map(move |(path, item)| {
            let methods = METHODS.iter();
            methods.filter_map(move |method| {
                Some(Operation {
                    api: self,
                    path,
                    method,
                    item,
                    own: member(&self.root, item, method)?,
                })
            })
        })
    }

    pub fn by_id(&self, id: &str) -> Option<Operation<'_>> {
        let named = |operation: &Operation<'_>| word(operation.own, "operationId") == Some(id);
        let alike = |operation: &Operation<'_>| {
            word(operation.own, "operationId").is_some_and(|own| own.eq_ignore_ascii_case(id))
        };
        self.all().find(named).or_else(|| self.all().find(alike))
    }

    pub fn by_place(&self, path: &str, method: &str) -> Option<Operation<'_>> {
        self.all()
            .find(|operation| operation.path == path && operation.method.eq_ignore_ascii_case(method))
    }

    /// Every security scheme that the description defines or an operation names.
    pub fn schemes(&self) -> Vec<(String, Scheme)> {
        let list = if self.swagger() {
            members(&self.root, &self.root, "securityDefinitions")
        } else {
            let components = member(&self.root, &self.root, "components").unwrap_or(&Value::Null);
            members(&self.root, components, "securitySchemes")
        };
        list.into_iter()
            .map(|(name, at)| (name.to_owned(), scheme(at)))
            .collect()
    }
}

fn scheme(at: &Value) -> Scheme {
    let key = word(at, "name").unwrap_or_default().to_owned();
    match (word(at, "type").unwrap_or_default(), word(at, "in")) {
        ("basic", _) => Scheme::Basic,
        ("http", _) if word(at, "scheme").is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic")) => Scheme::Basic,
        ("apiKey", Some("query")) => Scheme::Query(key),
        ("apiKey", Some("cookie")) => Scheme::Cookie(key),
        ("apiKey", _) => Scheme::Header(key),
        ("mutualTLS", _) => Scheme::Transport,
        _ => Scheme::Bearer,
    }
}

impl<'a> Operation<'a> {
    /// The base URL of the description.
    pub fn server(&self) -> String {
        let root = &self.api.root;
        if self.api.swagger() {
            let base = word(root, "basePath").unwrap_or("").trim_end_matches('/');
            let slash = if base.is_empty() || base.starts_with('/') {
                ""
            } else {
                "/"
            };
            let Some(host) = word(root, "host") else {
                return format!("{slash}{base}");
            };
            let schemes: Vec<String> = items(root, root, "schemes").into_iter().map(text).collect();
            let https = schemes.is_empty() || schemes.iter().any(|scheme| scheme == "https");
            let scheme = if https { "https" } else { &schemes[0] };
            return format!("{scheme}://{}{slash}{base}", host.trim_end_matches('/'));
        }
        let levels = [self.own, self.item, root];
        let first = levels.iter().find_map(|at| items(root, at, "servers").first().copied());
        let Some(server) = first else { return String::new() };
        let mut url = word(server, "url").unwrap_or_default().to_owned();
        for (name, variable) in members(root, server, "variables") {
            let default = variable.get("default").map(text).unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), &default);
        }
        url.trim_end_matches('/').to_owned()
    }

    fn parameters(&self) -> Vec<&'a Value> {
        let root = &self.api.root;
        let mut all = items(root, self.own, "parameters");
        all.extend(items(root, self.item, "parameters"));
        all
    }

    fn declared(&self, name: &str, place: &str) -> Option<&'a Value> {
        let same = |declared: &str| match place {
            "header" => declared.eq_ignore_ascii_case(name),
            _ => declared == name,
        };
        let mut all = self.parameters().into_iter();
        all.find(|at| word(at, "in") == Some(place) && word(at, "name").is_some_and(same))
    }

    /// The style of a parameter; that of its place where the operation does not declare it.
    pub fn style(&self, name: &str, place: &str) -> Style {
        let declared = self.declared(name, place);
        let default = if matches!(place, "query" | "cookie") {
            "form"
        } else {
            "simple"
        };
        let plain = |name: &str, explode| Style {
            name: name.to_owned(),
            explode,
            json: false,
        };
        let swagger = self.api.swagger();
        let Some(at) = declared else {
            return plain(default, default == "form" && !swagger);
        };
        if swagger {
            return match word(at, "collectionFormat") {
                Some("multi") => plain("form", true),
                Some("ssv") => plain("spaceDelimited", false),
                Some("pipes") => plain("pipeDelimited", false),
                Some("tsv") => plain("tabDelimited", false),
                _ => plain(default, false),
            };
        }
        let style = word(at, "style").unwrap_or(default);
        let explode = at.get("explode").and_then(Value::as_bool);
        let media = members(&self.api.root, at, "content");
        Style {
            json: media.first().is_some_and(|(media, _)| is_json(media)),
            ..plain(style, explode.unwrap_or(style == "form"))
        }
    }

    /// The media types of the request body.
    pub fn consumes(&self) -> Vec<String> {
        let root = &self.api.root;
        if !self.api.swagger() {
            let body = member(root, self.own, "requestBody").unwrap_or(&Value::Null);
            return members(root, body, "content")
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect();
        }
        let offered = |at| -> Vec<String> { items(root, at, "consumes").into_iter().map(text).collect() };
        let own = self.own.get("consumes").map(|_| offered(self.own));
        let mut all = own.unwrap_or_else(|| offered(root));
        let parameters = self.parameters();
        let has = |key: &str, value: &str| parameters.iter().any(|at| word(at, key) == Some(value));
        if has("in", "formData") {
            all.retain(|name| name.contains("form"));
            if all.is_empty() {
                let file = has("type", "file");
                all.push(
                    if file {
                        "multipart/form-data"
                    } else {
                        "application/x-www-form-urlencoded"
                    }
                    .to_owned(),
                );
            }
        } else if all.is_empty() {
            all.push("application/json".to_owned());
        }
        all
    }

    /// How a field of a form is written: by its `encoding`, and as JSON where that names no style (OpenAPI 3.1.1,
    /// "Encoding Object"); in Swagger 2.0 it is a parameter.
    pub fn field_style(&self, media: &str, field: &str) -> Style {
        if self.api.swagger() {
            return self.style(field, "formData");
        }
        let root = &self.api.root;
        let body = member(root, self.own, "requestBody").unwrap_or(&Value::Null);
        let content = members(root, body, "content")
            .into_iter()
            .find(|(name, _)| *name == media);
        let encoding = content.and_then(|(_, media)| member(root, member(root, media, "encoding")?, field));
        let encoding = encoding.unwrap_or(&Value::Null);
        let style = word(encoding, "style").unwrap_or("form");
        let explode = encoding.get("explode").and_then(Value::as_bool);
        let styled = ["style", "explode", "allowReserved"]
            .iter()
            .any(|key| encoding.get(key).is_some());
        Style {
            name: if styled { style } else { "json" }.to_owned(),
            explode: explode.unwrap_or(style == "form"),
            json: false,
        }
    }

    /// Whether the operation requires a parameter.
    pub fn requires(&self, name: &str, place: &str) -> bool {
        let declared = self.declared(name, place);
        declared.is_some_and(|at| at.get("required") == Some(&Value::Bool(true)))
    }

    /// Alternatives of security schemes, each a list of names that are all needed.
    pub fn security(&self) -> Vec<Vec<(String, Scheme)>> {
        let known = self.api.schemes();
        let find = |name: &String| known.iter().find(|(other, _)| other == name);
        let list = self.own.get("security").or_else(|| self.api.root.get("security"));
        let alternatives = list.and_then(Value::as_array).into_iter().flatten();
        let names = alternatives.map(|all| all.as_object().into_iter().flatten().map(|(name, _)| name));
        names
            .map(|names| {
                let all = names.map(|name| find(name).cloned().unwrap_or((name.clone(), Scheme::Undefined)));
                all.collect()
            })
            .collect()
    }

    /// The response of a status: its own, that of its range, or the default.
    pub fn response(&self, status: u16) -> Option<&'a Value> {
        let root = &self.api.root;
        let all = members(root, self.own, "responses");
        let range = format!("{}XX", status / 100);
        let find = |key: &str| {
            all.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, at)| *at)
        };
        find(&status.to_string())
            .or_else(|| find(&range))
            .or_else(|| find("default"))
    }

    /// The statuses that it declares.
    pub fn statuses(&self) -> Vec<u16> {
        let all = members(&self.api.root, self.own, "responses");
        all.iter().filter_map(|(name, _)| name.parse().ok()).collect()
    }

    /// The media type and the schema of a response: that of JSON if it has one.
    pub fn content(&self, response: &'a Value) -> Option<(String, Option<&'a Value>)> {
        let root = &self.api.root;
        if self.api.swagger() {
            let schema = response.get("schema")?;
            let own = self.own.get("produces").map(|_| items(root, self.own, "produces"));
            let offered: Vec<String> = own
                .unwrap_or_else(|| items(root, root, "produces"))
                .into_iter()
                .map(text)
                .collect();
            let json = offered.iter().find(|name| is_json(name)).or(offered.first());
            return Some((
                json.cloned().unwrap_or("application/json".to_owned()),
                Some(follow(root, schema)),
            ));
        }
        let offered = members(root, response, "content");
        let json = offered.iter().find(|(name, _)| is_json(name) || *name == "*/*");
        let (name, media) = json.or(offered.first())?;
        let name = if *name == "*/*" { "application/json" } else { name };
        Some((name.to_owned(), member(root, media, "schema")))
    }

    /// The type that the schema of a response header names.
    pub fn header_type(&self, response: &'a Value, name: &str) -> Option<&'a str> {
        let root = &self.api.root;
        let all = members(root, response, "headers");
        let (_, header) = all.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        let schema = if self.api.swagger() {
            Some(header)
        } else {
            member(root, header, "schema")
        };
        word(schema?, "type")
    }
}

/// Whether a media type is one of JSON.
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}
