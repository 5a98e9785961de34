//! Bodies of the types `application/x-www-form-urlencoded` and `multipart/form-data`.

use crate::blob::Blob;
use crate::json::datum::Datum;
use crate::json::slot::Members;
use crate::wire::exchange::is_json;
use crate::wire::style::{self, Form, Style};

/// The encoding of a member of a form, if the operation describes it.
#[derive(Debug)]
pub struct Field {
    /// The name of the member.
    pub name: &'static str,
    /// The declared style, if any.
    pub style: Option<Style>,
    /// The declared content type, or the one that follows from the schema, if any.
    pub content_type: Option<&'static str>,
    /// Whether the member is a file.
    pub file: bool,
}

/// Returns the members of an object without nulls; `None` if the value is not an object.
fn members<'a>(value: &'a Datum<'_>) -> Option<Vec<(String, Datum<'a>)>> {
    let Datum::Json(json) = value else { return None };
    let members: Members<'a> = serde_json::from_str(json).ok()?;
    let members = members.0.into_iter();
    Some(
        members
            .map(|(name, raw)| (name, Datum::from_json(raw.get())))
            .filter(|(_, value)| *value != Datum::Null)
            .collect(),
    )
}

/// Returns the items of an array; any other value is the only item.
pub(super) fn items<'a>(value: &'a Datum<'_>) -> Vec<Datum<'a>> {
    let items: Option<Vec<&'a serde_json::value::RawValue>> = match value {
        Datum::Json(json) if json.starts_with('[') => serde_json::from_str(json).ok(),
        _ => None,
    };
    match items {
        Some(items) => items.into_iter().map(|raw| Datum::from_json(raw.get())).collect(),
        None => vec![value.clone()],
    }
}

fn field<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    fields.iter().find(|field| field.name == name)
}

/// Encodes an object as pairs, unless a style is declared: the items of an array as pairs of the same name, objects as
/// JSON (OpenAPI 3.1.1, "Encoding the x-www-form-urlencoded Media Type"). A string is used unchanged. Returns `None`
/// for any other value.
pub(crate) fn urlencoded(value: &Datum<'_>, fields: &[Field]) -> Option<String> {
    if let Datum::Text(ready) = value {
        return Some(ready.clone().into_owned());
    }
    let mut pairs: Vec<String> = Vec::new();
    for (name, value) in members(value)? {
        if let Some(way) = field(fields, &name).and_then(|field| field.style) {
            let written = style::pairs(&name, &value, way);
            pairs.extend(written.into_iter().map(|(name, text)| format!("{name}={text}")));
            continue;
        }
        // A declared JSON content type: one JSON text, as with `content` (OpenAPI 3.1, "Encoding Object").
        if field(fields, &name)
            .and_then(|field| field.content_type)
            .is_some_and(is_json)
        {
            let (name, text) = (style::encoded(&name, false), style::encoded(&value.to_json(), false));
            pairs.push(format!("{name}={text}"));
            continue;
        }
        for item in items(&value) {
            let (name, text) = (style::encoded(&name, false), style::encoded(&item.text(), false));
            pairs.push(format!("{name}={text}"));
        }
    }
    Some(pairs.join("&"))
}

/// Encodes an object as parts (RFC 7578), and returns the boundary and the body; `None` if the value is not an object.
///
/// The boundary is derived from the parts, so the same run sends the same bytes.
pub(crate) fn multipart(value: &Datum<'_>, fields: &[Field]) -> Option<(String, Vec<u8>)> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for (name, value) in members(value)? {
        let field = field(fields, &name);
        let way = field.and_then(|field| field.style);
        if way.is_some_and(|way| way.form == Form::DeepObject) {
            for (name, text) in style::deep_pairs(&name, &value) {
                parts.push(part(&name, None, &Datum::owned(text)));
            }
            continue;
        }
        // Objects with a style: members become parts of their own, or one delimited text (OpenAPI 3.1.1, "Encoding
        // Object").
        if let Some(way) = way.filter(|_| matches!(&value, Datum::Json(json) if json.starts_with('{'))) {
            let members = members(&value).unwrap_or_default();
            if way.explode {
                parts.extend(members.iter().map(|(name, value)| part(name, None, value)));
            } else {
                let flat = members
                    .iter()
                    .flat_map(|(name, value)| [name.clone(), value.text().into_owned()]);
                let text = flat.collect::<Vec<_>>().join(style::delimiter(way.form));
                parts.push(part(&name, None, &Datum::owned(text)));
            }
            continue;
        }
        // Swagger 2.0 has the same array formats in both kinds of form.
        let joined = way.filter(|way| !way.explode).map(|way| {
            let texts: Vec<String> = items(&value).iter().map(|item| item.text().into_owned()).collect();
            Datum::owned(texts.join(style::delimiter(way.form)))
        });
        let value = joined.unwrap_or(value);
        parts.extend(items(&value).iter().map(|item| part(&name, field, item)));
    }
    let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let mut hash = crate::run_id::hash(&slices);
    let mut boundary = format!("arazzo-{hash:016x}");
    let occurs = |boundary: &str| {
        let found = |part: &Vec<u8>| part.windows(boundary.len()).any(|window| window == boundary.as_bytes());
        parts.iter().any(found)
    };
    while occurs(&boundary) {
        hash = hash.wrapping_add(1);
        boundary = format!("arazzo-{hash:016x}");
    }
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        body.extend_from_slice(&part);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Some((boundary, body))
}

/// Encodes one part, without the boundary before it.
fn part(name: &str, field: Option<&Field>, item: &Datum<'_>) -> Vec<u8> {
    let mut part = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
    let blob = Blob::from_datum(item);
    if blob.is_some() || field.is_some_and(|field| field.file) {
        let file = blob.as_ref().and_then(Blob::name).unwrap_or(name);
        part = format!("{part}; filename=\"{}\"", quoted(file));
    }
    let own = blob.as_ref().and_then(Blob::media_type);
    let media = match (item, own.or(field.and_then(|field| field.content_type))) {
        (_, Some(declared)) => declared,
        (_, None) if blob.is_some() => "application/octet-stream",
        (Datum::Json(_), None) => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    let media = media.replace(['\r', '\n'], "");
    let mut part = format!("{part}\r\nContent-Type: {media}\r\n\r\n").into_bytes();
    match &blob {
        Some(blob) => part.extend_from_slice(blob.bytes()),
        None => part.extend_from_slice(item.text().as_bytes()),
    }
    part.extend_from_slice(b"\r\n");
    part
}

/// Encodes a value for the text of a URL-encoded form.
#[must_use]
pub fn form_value(value: &Datum<'_>) -> String {
    style::encoded(&value.text(), false)
}

/// Escapes a name for the quotes of `Content-Disposition` (RFC 7578, section 4.2, as browsers do).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPES: Field = Field {
        name: "tags",
        style: Some(Style {
            form: crate::wire::style::Form::PipeDelimited,
            explode: false,
            reserved: false,
        }),
        content_type: None,
        file: false,
    };

    #[test]
    fn pairs_are_encoded() {
        let form = |json: &str, fields: &[Field]| urlencoded(&Datum::from_json(json), fields);
        assert_eq!(
            form(
                r#"{"a b":"c&d=é+","n":1.50,"x":null,"o":{"k":[1]},"tags":["p q","r"],"none":[]}"#,
                &[]
            )
            .as_deref(),
            Some("a%20b=c%26d%3D%C3%A9%2B&n=1.50&o=%7B%22k%22%3A%5B1%5D%7D&tags=p%20q&tags=r")
        );
        assert_eq!(
            form(r#"{"tags":["p q","r"]}"#, &[PIPES]).as_deref(),
            Some("tags=p%20q%7Cr")
        );
        assert_eq!(form("\"a=1&b=2\"", &[]).as_deref(), Some("a=1&b=2"));
        assert_eq!(form("[1]", &[]), None);
    }

    #[test]
    fn parts_stand_between_boundaries() {
        let file = Field {
            name: "f",
            style: None,
            content_type: Some("image/png"),
            file: true,
        };
        let json = r#"{"t":"x\r\n--","f":"PNG","o":{"k":1},"l":[1,2],"q\"":true}"#;
        let (boundary, body) = multipart(&Datum::from_json(json), &[file]).unwrap();
        let part = |head: &str, media: &str, content: &str| {
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; {head}\r\nContent-Type: {media}\r\n\r\n{content}\r\n"
            )
        };
        let text = "text/plain; charset=utf-8";
        let expected = [
            part("name=\"t\"", text, "x\r\n--"),
            part("name=\"f\"; filename=\"f\"", "image/png", "PNG"),
            part("name=\"o\"", "application/json", "{\"k\":1}"),
            part("name=\"l\"", text, "1"),
            part("name=\"l\"", text, "2"),
            part("name=\"q%22\"", text, "true"),
            format!("--{boundary}--\r\n"),
        ];
        assert_eq!(String::from_utf8(body).unwrap(), expected.concat());
        assert_eq!(multipart(&Datum::from_json(json), &[]).unwrap().0.len(), boundary.len());
    }
}
