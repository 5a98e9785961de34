//! Bodies.

use super::*;

// Arazzo 1.0.1, Request Body Object: the payload is "A value representing the request body payload". RFC 8259, section
// 8.1: UTF-8. That the body is complete is RFC 9112, section 6.2: the server has read `Content-Length` bytes.
#[tokio::test]
async fn body_json() {
    let sent = sent!(bodies::json, { "value": { "b": [1, null], "a": {} } });
    let expected = [
        json!({
            "title": "Größe \"x\" \\ 1",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "nothing": null,
            "tags": ["a", 1, null],
            "nested": { "deep": [{}] },
        }),
        json!([1, "two", { "three": 3 }]),
        json!(7),
        json!({ "b": [1, null], "a": {} }),
    ];
    assert_eq!(sent.iter().map(Sent::json).collect::<Vec<_>>(), expected);
    for request in &sent {
        assert_eq!(
            (request.method.as_str(), request.content_type()),
            ("POST", Some("application/json"))
        );
        assert_eq!(request.header("transfer-encoding"), None);
    }
}

// RFC 7396, section 3: `PATCH` with `Content-Type: application/merge-patch+json`; there null is a value.
#[tokio::test]
async fn body_merge_patch() {
    for request in sent!(bodies::merge_patch) {
        assert_eq!(request.method, "PATCH");
        assert_eq!(request.content_type(), Some("application/merge-patch+json"));
        assert_eq!(request.json(), json!({ "title": "Hello!", "phone": null }));
    }
}

// Arazzo 1.0.1, Request Body Object, payload: "To represent examples of media types that cannot be naturally
// represented in JSON or YAML, use a string value".
#[tokio::test]
async fn body_text() {
    let sent = sent!(bodies::texts, { "shade": "dark é" });
    assert_eq!(
        contents(&sent),
        [
            (
                Some("application/xml"),
                "<?xml version=\"1.0\"?>\n<colour shade=\"dark é\">blue &amp; bright</colour>\n"
            ),
            (Some("text/xml"), "<a/>"),
            (Some("text/plain"), "Größe: \"50%\" & more\n\nthe dark é end\n"),
            (Some("application/octet-stream"), "dark é"),
            (Some("text/csv"), "a,b\n1,2\n"),
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, contentType: "The Content-Type for the request content"; RFC 9110, section 8.3.1:
// parameters are of the media type.
#[tokio::test]
async fn body_content_types_keep_their_parameters() {
    let sent = sent!(bodies::content_type_parameters);
    assert_eq!(
        contents(&sent),
        [
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("application/json; charset=utf-8"), r#"{"a":1}"#),
            (Some(r#"application/json; profile="a;b""#), r#"{"a":1}"#),
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, contentType: "If omitted then refer to Content-Type specified at the targeted
// operation to understand serialization requirements". Semantics: "the operation's only media type, else JSON if
// offered".
#[tokio::test]
async fn body_content_types_that_are_omitted() {
    let sent = sent!(bodies::omitted_content_type);
    assert_eq!(
        contents(&sent),
        [
            (Some("text/plain"), "blue"),
            (Some("application/xml"), "<a/>"),
            (Some("application/x-www-form-urlencoded"), "a=blue"),
            (Some("application/vnd.wire.v1+json"), r#"{"a":"blue"}"#),
            (Some("application/json"), r#"{"a":"blue"}"#),
        ]
    );
}

// RFC 9110, section 8.3: `Content-Type` is of content, which there is not.
#[tokio::test]
async fn body_that_is_not_there() {
    let sent = sent!(bodies::no_body);
    assert_eq!(contents(&sent), [(None, "")]);
}

// RFC 9110, section 8.6: "A user agent SHOULD send Content-Length in a request when the method defines a meaning for
// enclosed content […]. For example, a user agent normally sends Content-Length in a POST request even when the value
// is 0"; section 15.5.12: a server may refuse it otherwise (411).
#[tokio::test]
async fn body_that_is_not_there_has_a_length() {
    let sent = sent!(bodies::no_body);
    assert_eq!(sent[0].header("content-length"), Some("0"));
}

// OpenAPI 3.2, "Sequential JSON": `application/x-ndjson` and `application/jsonl` are JSON values with a line feed behind
// each. RFC 8259, section 7: inside a string a line feed is escaped.
#[tokio::test]
async fn body_json_lines() {
    let books = json!([{ "id": 1 }, { "id": 2 }]);
    let sent = sent!(bodies::lines, { "book": { "title": "Emma" }, "books": books });
    let expected = [
        "{\"title\":\"a\\nb\"}\n{\"title\":\"Emma\"}\n3\nnull\n",
        "{\"id\":1}\n{\"id\":2}\n",
        "{\"a\":1}\n[2]\n",
    ];
    let media = Some("application/x-ndjson");
    assert_eq!(contents(&sent), expected.map(|body| (media, body)));
}
