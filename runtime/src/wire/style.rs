//! Encoding of parameters: the styles of OpenAPI 3.1.1, "Parameter Object", which are those of RFC 6570 and some more.

use serde_json::value::RawValue;

use crate::json::datum::Datum;
use crate::json::slot::Members;

/// The encoding of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The style.
    pub form: Form,
    /// Whether each item or member is written separately.
    pub explode: bool,
    /// Whether reserved characters are not encoded.
    pub reserved: bool,
}

/// The styles of OpenAPI, and two encodings for `content`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are OpenAPI's")]
pub enum Form {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    TabDelimited,
    DeepObject,
    /// OpenAPI 3.2: like a query, but without encoding.
    Cookie,
    /// `content` of a JSON media type: JSON text.
    Json,
    /// `content` of another media type: text.
    Text,
}

/// The parts of a value. Nested values are JSON text.
enum Parts {
    One(String),
    Items(Vec<String>),
    Members(Vec<(String, String)>),
}

fn parts(value: &Datum<'_>, style: Style) -> Parts {
    let text = |raw: &RawValue| Datum::from_json(raw.get()).text().into_owned();
    if style.form == Form::Json {
        return Parts::One(value.to_json());
    }
    let Datum::Json(json) = value else {
        return Parts::One(value.text().into_owned());
    };
    if style.form == Form::Text {
        return Parts::One(json.to_string());
    }
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        // Nulls are left out (RFC 6570, section 2.3).
        let defined = items.into_iter().filter(|raw| raw.get() != "null");
        return Parts::Items(defined.map(text).collect());
    }
    let members: Members<'_> = serde_json::from_str(json).unwrap_or_default();
    Parts::Members(
        members
            .0
            .into_iter()
            .filter(|(_, raw)| raw.get() != "null")
            .map(|(name, raw)| (name, text(raw)))
            .collect(),
    )
}

/// Returns the pairs of a query or cookie parameter; an empty array or object has none.
pub(crate) fn pairs(name: &str, value: &Datum<'_>, style: Style) -> Vec<(String, String)> {
    pairs_by(name, value, style, |text| encoded(text, style.reserved))
}

/// Returns the pairs of a cookie parameter. The style `cookie` and `content` do not encode: the value must be encoded
/// already (OpenAPI 3.2, "Style Values"; 3.1, appendix D).
pub(crate) fn cookies(name: &str, value: &Datum<'_>, style: Style) -> Vec<(String, String)> {
    if matches!(style.form, Form::Cookie | Form::Text) {
        return pairs_by(name, value, style, str::to_owned);
    }
    pairs(name, value, style)
}

/// Appends pairs such as `a[b][0][c]=…`, as qs, Rack and PHP read them. OpenAPI defines only one level of an object. An
/// empty array or object has no pair.
fn deep(name: &str, value: &Datum<'_>, pairs: &mut Vec<(String, String)>) {
    let Datum::Json(json) = value else {
        if *value != Datum::Null {
            pairs.push((name.to_owned(), value.text().into_owned()));
        }
        return;
    };
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        for (index, item) in items.into_iter().enumerate() {
            deep(&format!("{name}[{index}]"), &Datum::from_json(item.get()), pairs);
        }
        return;
    }
    let members: Members<'_> = serde_json::from_str(json).unwrap_or_default();
    for (key, member) in members.0 {
        deep(&format!("{name}[{key}]"), &Datum::from_json(member.get()), pairs);
    }
}

/// Returns the names and texts of a value in the style `deepObject`, not encoded.
pub(crate) fn deep_pairs(name: &str, value: &Datum<'_>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    deep(name, value, &mut pairs);
    pairs
}

fn pairs_by(name: &str, value: &Datum<'_>, style: Style, encode: impl Fn(&str) -> String) -> Vec<(String, String)> {
    if style.form == Form::DeepObject && matches!(value, Datum::Json(_)) {
        let pairs = deep_pairs(name, value).into_iter();
        return pairs.map(|(name, text)| (encode(&name), encode(&text))).collect();
    }
    let own = |text: String| vec![(encode(name), text)];
    let delimiter = &encode_delimiter(style.form);
    match parts(value, style) {
        Parts::One(text) => own(encode(&text)),
        Parts::Items(items) if items.is_empty() => Vec::new(),
        Parts::Items(items) if style.explode => items.iter().map(|item| (encode(name), encode(item))).collect(),
        Parts::Items(items) => own(items
            .iter()
            .map(|item| encode(item))
            .collect::<Vec<_>>()
            .join(delimiter)),
        Parts::Members(members) if members.is_empty() => Vec::new(),
        Parts::Members(members) if style.explode => {
            members.iter().map(|(key, item)| (encode(key), encode(item))).collect()
        }
        Parts::Members(members) => own(members
            .iter()
            .flat_map(|(key, item)| [encode(key), encode(item)])
            .collect::<Vec<_>>()
            .join(delimiter)),
    }
}

/// Encodes a path parameter.
pub(crate) fn path(name: &str, value: &Datum<'_>, style: Style) -> String {
    // Characters that end a path are always encoded (RFC 3986, section 3.3).
    let encode = |text: &str| {
        let text = encoded(text, style.reserved);
        if style.reserved {
            text.replace('?', "%3F").replace('[', "%5B").replace(']', "%5D")
        } else {
            text
        }
    };
    // Most parameters of paths.
    if let (Form::Simple, false, Datum::Text(text) | Datum::Number(text)) = (style.form, style.reserved, value) {
        return encoded(text, false);
    }
    let key = encoded(name, false);
    let joined = |parts: Vec<String>, separator: &str| parts.join(separator);
    let each = |separator: &str, members: &[(String, String)]| {
        joined(
            members
                .iter()
                .map(|(key, item)| format!("{}={}", encode(key), encode(item)))
                .collect(),
            separator,
        )
    };
    let flat = |members: &[(String, String)]| {
        joined(
            members
                .iter()
                .flat_map(|(key, item)| [encode(key), encode(item)])
                .collect(),
            ",",
        )
    };
    match (parts(value, style), style.form) {
        (Parts::One(text), Form::Label) => format!(".{}", encode(&text)),
        (Parts::One(text), Form::Matrix) if text.is_empty() => format!(";{key}"),
        (Parts::One(text), Form::Matrix) => format!(";{key}={}", encode(&text)),
        (Parts::One(text), _) => encode(&text),
        (Parts::Items(items), Form::Label) => {
            let separator = if style.explode { "." } else { "," };
            format!(
                ".{}",
                joined(items.iter().map(|item| encode(item)).collect(), separator)
            )
        }
        // An empty member is written without `=` (RFC 6570, section 3.2.7).
        (Parts::Items(items), Form::Matrix) if style.explode => items
            .iter()
            .map(|item| match item.as_str() {
                "" => format!(";{key}"),
                item => [";", &key, "=", &encode(item)].concat(),
            })
            .collect(),
        (Parts::Items(items), Form::Matrix) => format!(
            ";{key}={}",
            joined(items.iter().map(|item| encode(item)).collect(), ",")
        ),
        (Parts::Items(items), form) => joined(items.iter().map(|item| encode(item)).collect(), &encode_delimiter(form)),
        (Parts::Members(members), Form::Label) if style.explode => format!(".{}", each(".", &members)),
        (Parts::Members(members), Form::Label) => format!(".{}", flat(&members)),
        (Parts::Members(members), Form::Matrix) if style.explode => format!(";{}", each(";", &members)),
        (Parts::Members(members), Form::Matrix) => format!(";{key}={}", flat(&members)),
        (Parts::Members(members), _) if style.explode => each(",", &members),
        (Parts::Members(members), _) => flat(&members),
    }
}

/// Returns the delimiter of the items of an array (Swagger 2.0, `collectionFormat`; OpenAPI 3.1, styles).
pub(crate) fn delimiter(form: Form) -> &'static str {
    match form {
        Form::SpaceDelimited => " ",
        Form::PipeDelimited => "|",
        Form::TabDelimited => "\t",
        _ => ",",
    }
}

fn encode_delimiter(form: Form) -> String {
    match delimiter(form) {
        "," => ",".to_owned(),
        other => encoded(other, false),
    }
}

/// Encodes a header, which is never percent-encoded.
pub(crate) fn header(value: &Datum<'_>, style: Style) -> String {
    match parts(value, style) {
        Parts::One(text) => text,
        Parts::Items(items) => items.join(delimiter(style.form)),
        Parts::Members(members) if style.explode => members
            .iter()
            .map(|(key, item)| format!("{key}={item}"))
            .collect::<Vec<_>>()
            .join(","),
        Parts::Members(members) => members
            .iter()
            .flat_map(|(key, item)| [key.as_str(), item.as_str()])
            .collect::<Vec<_>>()
            .join(","),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3. With `reserved`, reserved
/// characters and encoded triplets also stay unchanged (RFC 6570, section 3.2.3), except `#`, which would end the
/// query.
pub(crate) fn encoded(text: &str, reserved: bool) -> String {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let triplet = || {
            byte == b'%'
                && bytes
                    .get(index + 1..index + 3)
                    .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        if unreserved || (reserved && (b":/?[]@!$&'()*+,;=".contains(&byte) || triplet())) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, json: &str, form: Form, explode: bool) -> String {
        let style = Style {
            form,
            explode,
            reserved: false,
        };
        let value = Datum::from_json(json);
        match form {
            Form::Simple | Form::Label | Form::Matrix => path(name, &value, style),
            _ => pairs(name, &value, style)
                .into_iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join("&"),
        }
    }

    /// OpenAPI 3.1.1, "Style Examples", for `color`: the string, array and object columns.
    #[test]
    fn styles_are_written_as_the_table_of_the_specification_says() {
        let (string, array, object) = (
            "\"blue\"",
            r#"["blue","black","brown"]"#,
            r#"{"R":100,"G":200,"B":150}"#,
        );
        for (form, explode, expected) in [
            (
                Form::Matrix,
                false,
                [";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
            ),
            (
                Form::Matrix,
                true,
                [
                    ";color=blue",
                    ";color=blue;color=black;color=brown",
                    ";R=100;G=200;B=150",
                ],
            ),
            (Form::Label, false, [".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Form::Label, true, [".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Form::Simple, false, ["blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Form::Simple, true, ["blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (
                Form::Form,
                false,
                ["color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
            ),
            (
                Form::Form,
                true,
                ["color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
            ),
            (
                Form::SpaceDelimited,
                false,
                [
                    "color=blue",
                    "color=blue%20black%20brown",
                    "color=R%20100%20G%20200%20B%20150",
                ],
            ),
            (
                Form::PipeDelimited,
                false,
                [
                    "color=blue",
                    "color=blue%7Cblack%7Cbrown",
                    "color=R%7C100%7CG%7C200%7CB%7C150",
                ],
            ),
        ] {
            for (json, expected) in [string, array, object].into_iter().zip(expected) {
                assert_eq!(
                    written("color", json, form, explode),
                    expected,
                    "{form:?} {explode} {json}"
                );
            }
        }
        assert_eq!(
            written("color", object, Form::DeepObject, true),
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"
        );
        // Nested objects, as servers that require this style read them.
        let nested = r#"[{"price":"p_1","data":{"currency":"usd"}},null,[1,2],[]]"#;
        assert_eq!(
            written("items", nested, Form::DeepObject, true)
                .replace("%5B", "[")
                .replace("%5D", "]"),
            "items[0][price]=p_1&items[0][data][currency]=usd&items[2][0]=1&items[2][1]=2"
        );
        assert_eq!(written("color", "\"\"", Form::Matrix, false), ";color");
        assert_eq!(
            written("color", array, Form::Json, false),
            "color=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D"
        );
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(
            encoded("aZ09-._~ /?#%é\r\n+&", false),
            "aZ09-._~%20%2F%3F%23%25%C3%A9%0D%0A%2B%26"
        );
        assert_eq!(encoded("a/b?c=d&e#f %41%", true), "a/b?c=d&e%23f%20%41%25");
    }
}
