//! Content types, headers and the encoding of forms.

use crate::Case;
use crate::documents::case;

/// Semantics: "`contentType` omitted: the operation's only media type, else JSON if offered, else a compile error".
#[test]
fn the_content_type_is_json_where_it_is_offered_and_never_a_range() {
    let sent = |offered: &[&str], body: &str| {
        let media: Vec<String> = offered
            .iter()
            .map(|name| format!("'{name}': {{ schema: {{}} }}"))
            .collect();
        let api = format!(
            "paths: {{ /x: {{ post: {{ operationId: x, requestBody: {{ content: {{ {} }} }}, responses: {{ '200': {{ description: ok }} }} }} }} }}\n",
            media.join(", ")
        );
        let case = Case::steps(
            &[&format!("{{ stepId: s, operationId: x, requestBody: {{ {body} }} }}")],
            &api,
        );
        let errors = case.errors();
        if errors.is_empty() {
            Ok(case.request().body.unwrap().content_type)
        } else {
            Err(errors[0].split(' ').next().unwrap().to_owned())
        }
    };
    let ambiguous = Err("content-type-ambiguous".to_owned());
    let object = "payload: { a: 1 }";
    for (offered, body, expected) in [
        (
            &["application/json-patch+json", "application/merge-patch+json"][..],
            object,
            ambiguous.clone(),
        ),
        (
            &[
                "application/json-patch+json",
                "application/json",
                "text/json",
                "application/*+json",
            ],
            object,
            Ok("application/json".to_owned()),
        ),
        (&["application/*+json"], object, ambiguous.clone()),
        (
            &["application/*+json", "application/json"],
            object,
            Ok("application/json".to_owned()),
        ),
        (
            &["application/vnd.api+json", "application/json"],
            object,
            Ok("application/json".to_owned()),
        ),
        (
            &["application/vnd.api+json", "text/plain"],
            object,
            Ok("application/vnd.api+json".to_owned()),
        ),
        (
            &["application/vnd.api+json"],
            object,
            Ok("application/vnd.api+json".to_owned()),
        ),
        (&["*/*"], object, Ok("application/json".to_owned())),
        (&["application/*"], "payload: [1]", Ok("application/json".to_owned())),
        (&["*/*"], "payload: text", ambiguous.clone()),
        (&["text/*"], object, ambiguous),
        (&[], object, Ok("application/json".to_owned())),
        (
            &["application/json"],
            "contentType: '*/*', payload: { a: 1 }",
            Err("content-type-invalid".to_owned()),
        ),
        (
            &["application/*+json"],
            "contentType: application/vnd.x+json, payload: { a: 1 }",
            Ok("application/vnd.x+json".to_owned()),
        ),
    ] {
        assert_eq!(sent(offered, body), expected, "{offered:?} {body}");
    }
}

/// Headers that a workflow writes are sent or refused, never replaced.
#[test]
fn headers_are_sent_or_refused() {
    let with = |parameter: &str, body: &str| {
        case(&format!(
            "{{ stepId: s, operationId: make, parameters: [{{ {parameter} }}], requestBody: {{ {body} }}, outputs: {{ a: $inputs.a, b: $inputs.b }} }}"
        ))
    };
    for header in [
        "Content-Length",
        "transfer-encoding",
        "Host",
        "Connection",
        "TE",
        "Trailer",
        "Upgrade",
    ] {
        let errors = with(&format!("name: {header}, in: header, value: '3'"), "payload: { a: 1 }").errors();
        assert_eq!(errors, [format!("header-reserved {header}")]);
    }
    let literal = with(
        "name: Content-Type, in: header, value: application/vnd.x+json",
        "payload: { a: 1 }",
    );
    let request = literal.request();
    assert_eq!(request.body.unwrap().content_type, "application/vnd.x+json");
    assert!(request.parameters.is_empty(), "it is not sent twice");
    let same = "contentType: application/json, payload: { a: 1 }";
    assert!(
        with("name: content-type, in: header, value: application/json", same)
            .errors()
            .is_empty()
    );
    for (parameter, body) in [
        ("name: Content-Type, in: header, value: text/plain", same),
        ("name: Content-Type, in: header, value: $inputs.a", same),
    ] {
        assert_eq!(
            with(parameter, body).errors(),
            ["header-reserved Content-Type"],
            "{parameter}"
        );
    }
    // The media type of a form in parts contains its boundary.
    let form = "paths: { /x: { post: { operationId: x, requestBody: { content: { multipart/form-data: { schema: { type: object } } } }, responses: { '200': { description: ok } } } } }\n";
    let part = |parameters: &str, body: &str| {
        let step = format!("{{ stepId: s, operationId: x, {parameters}requestBody: {{ {body} }} }}");
        Case::steps(&[&step], form).errors()
    };
    assert_eq!(
        part(
            "parameters: [{ name: Content-Type, in: header, value: $inputs.a }], ",
            "payload: { a: 1 }"
        ),
        ["header-reserved Content-Type", "unknown-input a"]
    );
    assert_eq!(
        part("", "contentType: 'multipart/form-data; boundary=b', payload: { a: 1 }"),
        ["content-type-invalid 'multipart/form-data; boundary=b'"]
    );
    let known = form.replace("multipart/form-data:", "'multipart/form-data; boundary=b':");
    let step = "{ stepId: s, operationId: x, requestBody: { payload: { a: 1 } } }";
    let sent = Case::steps(&[step], &known).request().body.unwrap();
    assert_eq!(sent.content_type, "multipart/form-data");
    // A computed one is sent as it is.
    let computed = with("name: Content-Type, in: header, value: $inputs.a", "payload: { a: 1 }").request();
    assert_eq!(computed.parameters.len(), 1);
}

/// The encoding of a field that only an alternative of the schema has.
#[test]
fn the_encoding_of_every_property_is_used() {
    for schema in [
        "properties: { a: { type: object } }",
        "allOf: [{ properties: { a: { type: object } } }]",
        "anyOf: [{ properties: { a: { type: object } } }, { properties: { b: {} } }]",
        "oneOf: [{ anyOf: [{ allOf: [{ properties: { a: { type: object } } }] }] }]",
    ] {
        let api = format!(
            "paths: {{ /x: {{ post: {{ operationId: x, requestBody: {{ content: {{ application/x-www-form-urlencoded: {{ schema: {{ type: object, {schema} }}, encoding: {{ a: {{ style: deepObject }} }} }} }} }}, responses: {{ '200': {{ description: ok }} }} }} }} }}\n"
        );
        let step = "{ stepId: s, operationId: x, requestBody: { payload: { a: { b: 1 } } } }";
        let body = Case::steps(&[step], &api).request().body.unwrap();
        let forms: Vec<_> = body
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field.style.as_ref().unwrap().form))
            .collect();
        assert_eq!(forms, [("a", "DeepObject")], "{schema}");
    }
}
