//! How the fields of a form are written (OpenAPI 3.1.1, "Encoding Object"; Swagger 2.0, `formData` parameters).

use std::collections::BTreeSet;

use super::{Field, Style};
use crate::media::Format;
use crate::program::Body;
use crate::schema::{Schema, Type};
use crate::source::Cursor;

/// Returns what an operation declares about the fields of a form.
pub(super) fn fields(body: &Body<'_>) -> Vec<Field> {
    let Some(media) = &body.media else {
        return Vec::new();
    };
    if !body.form.is_form() {
        return Vec::new();
    }
    let parameters = media.fields.iter().filter_map(|at| parameter(*at));
    let mut properties: Vec<(&str, Schema<'_>)> = Vec::new();
    for schema in body.schema.into_iter().flat_map(alternatives) {
        for (name, ..) in schema.properties() {
            if properties.iter().all(|(known, _)| *known != name) {
                properties.extend(schema.property(name).map(|property| (name, property)));
            }
        }
    }
    let properties = properties.into_iter().filter_map(|(name, schema)| {
        let encoding = media.encoding.and_then(|encoding| encoding.get(name));
        property(name, schema, encoding, body.form, media.since_3_1)
    });
    parameters.chain(properties).collect()
}

/// Returns a schema, its alternatives, and theirs: a property of any of them can be in the form.
fn alternatives(schema: Schema<'_>) -> Vec<Schema<'_>> {
    // Schemas can contain themselves: each is visited once.
    let mut known = BTreeSet::from([schema.at.span()]);
    let mut all = vec![schema];
    let mut next = 0;
    while let Some(schema) = all.get(next).copied() {
        next += 1;
        let more = schema.alternatives().into_iter();
        all.extend(more.filter(|schema| known.insert(schema.at.span())));
    }
    all
}

fn property(name: &str, schema: Schema<'_>, encoding: Option<Cursor<'_>>, form: Format, later: bool) -> Option<Field> {
    let text = |key: &str| encoding?.get(key)?.as_str();
    let explode = encoding.and_then(|encoding| encoding.get("explode"));
    let reserved = encoding.and_then(|encoding| encoding.get("allowReserved"));
    // These three belong together and take precedence over the content type; in `multipart/form-data` since 3.1.
    let written = text("style").is_some() || explode.is_some() || reserved.is_some();
    let styled = written && (form == Format::Form || later);
    let style = styled.then(|| {
        let form = match text("style") {
            Some("spaceDelimited") => "SpaceDelimited",
            Some("pipeDelimited") => "PipeDelimited",
            Some("deepObject") => "DeepObject",
            _ => "Form",
        };
        Style {
            form,
            explode: explode.and_then(Cursor::as_bool).unwrap_or(form == "Form"),
            reserved: reserved.and_then(Cursor::as_bool) == Some(true),
        }
    });
    let one = |schema: Schema<'_>| {
        let binary = schema.text("format") == Some("binary") || schema.text("contentMediaType").is_some();
        let bare = schema.types().is_empty() && schema.properties().is_empty() && schema.alternatives().is_empty();
        (binary, bare)
    };
    let item = (schema.types().single() == Some(Type::Array))
        .then(|| schema.item(None))
        .flatten();
    let (binary, bare) = one(item.unwrap_or(schema));
    // Use the first of a list. A range is not a type that can be sent.
    let declared = text("contentType")
        .and_then(|list| list.split(',').next())
        .map(str::trim);
    let declared = declared.filter(|media| !media.contains('*')).map(str::to_owned);
    let media_type = schema.text("contentMediaType").map(str::to_owned);
    // In 3.1, a schema without any type is binary (section "Special Considerations for multipart").
    let encoded = form == Format::Multipart && item.unwrap_or(schema).text("contentEncoding").is_some();
    let octets = (binary || encoded || (bare && form == Format::Multipart && schema.at.members().len() == 0))
        .then(|| "application/octet-stream".to_owned());
    let content_type = declared.or(media_type).or(octets);
    let field = Field {
        name: name.to_owned(),
        style,
        file: binary || text("contentType").is_some_and(|list| !list.starts_with("text/") && !list.contains("json")),
        content_type,
    };
    (field.style.is_some() || field.content_type.is_some() || field.file).then_some(field)
}

/// A field in Swagger 2.0: a file, or an array with a `collectionFormat`.
fn parameter(at: Cursor<'_>) -> Option<Field> {
    let text = |key: &str| at.get(key)?.as_str();
    let name = text("name")?.to_owned();
    let file = text("type") == Some("file");
    let style = (text("type") == Some("array")).then(|| Style {
        form: match text("collectionFormat") {
            Some("ssv") => "SpaceDelimited",
            Some("pipes") => "PipeDelimited",
            Some("tsv") => "TabDelimited",
            _ => "Form",
        },
        explode: text("collectionFormat") == Some("multi"),
        reserved: false,
    });
    (file || style.is_some()).then(|| Field {
        name,
        style,
        content_type: file.then(|| "application/octet-stream".to_owned()),
        file,
    })
}
