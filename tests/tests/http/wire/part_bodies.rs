//! Forms in several parts.

use super::*;

// OpenAPI 3.1, Encoding Object: of strings, numbers and booleans the content type is `text/plain`. RFC 7578, section
// 4.2: "The Content-Disposition header field MUST also contain an additional parameter of "name""; section 4.5: "the
// charset parameter for the "text/plain" Content-Type MAY be used to indicate the character encoding". OpenAPI 3.1,
// Percent-Encoding and `form-data`: "percent-encoding or similar escaping is not needed in general"; RFC 2046, section
// 5.1.1: the boundary "MUST NOT appear inside any of the encapsulated parts".
#[tokio::test]
async fn parts_of_primitives() {
    for label in ["plain", "a&b=c %20 é", "\r\n--\r\n--x\r\n\r\n", "\r\n--boundary--\r\n"] {
        let sent = sent!(multipart::primitives, { "label": label });
        assert_eq!(sent.len(), 1);
        assert_eq!(
            parts(&sent[0]),
            [
                text("count", "3"),
                text("empty", ""),
                text("gift", "true"),
                text("label", label),
                text("share", "2.5"),
            ]
        );
    }
}

// OpenAPI 3.1, Encoding Object: of an object the content type is `application/json`.
#[tokio::test]
async fn parts_that_are_objects() {
    let sent = sent!(multipart::objects);
    assert_eq!(
        parts(&sent[0]),
        [
            field(
                "address",
                "application/json",
                r#"{"city":"Größe, \"x\"","lines":[1,null]}"#
            ),
            text("label", "x"),
        ]
    );
}

// OpenAPI 3.1, Encoding `multipart` Media Types: "Array properties are handled by applying the same `name` to multiple
// parts"; Example: Basic Multipart Form: "the default content type for each item is "application/json"" where the items
// are objects.
#[tokio::test]
async fn parts_that_are_arrays() {
    let sent = sent!(multipart::arrays);
    assert_eq!(
        parts(&sent[0]),
        [
            field("addresses", "application/json", r#"{"city":"A"}"#),
            field("addresses", "application/json", r#"{"city":"B"}"#),
            text("colors", "blue"),
            text("colors", "black"),
            text("colors", "brown"),
            text("numbers", "1"),
            text("numbers", "2"),
        ]
    );
}

// OpenAPI 3.1, Example: Multipart Form with Encoding Objects: the Encoding Object overrides the content type "for each
// item in the array with "application/xml; charset=utf-8"". Whether such a part has a file name is not said.
#[tokio::test]
async fn parts_with_content_types() {
    let sent = sent!(multipart::content_types);
    let mut parts = parts(&sent[0]);
    for part in &mut parts {
        if let Some(unnamed) = part.disposition.strip_suffix("; filename=\"addresses\"") {
            part.disposition = unnamed.to_owned();
        }
    }
    assert_eq!(
        parts,
        [
            field("addresses", "application/xml; charset=utf-8", "<a/>"),
            field("addresses", "application/xml; charset=utf-8", "<b/>"),
            field("rows", "text/csv", "a,b\r\n1,2"),
            text("tags", "x"),
            text("tags", "y"),
        ]
    );
}

// OpenAPI 3.1, Encoding Object: where `type` is absent the content type is `application/octet-stream`. Whether such a
// part has a file name is not said.
#[tokio::test]
async fn parts_without_a_type_are_bytes() {
    let sent = sent!(multipart::typeless, { "bytes": "\u{1}é\r\n" });
    let parts = parts(&sent[0]);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].disposition.starts_with("form-data; name=\"picture\""),
        "{parts:?}"
    );
    assert_eq!(parts[0].content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(parts[0].content, "\u{1}é\r\n");
}

// OpenAPI 3.1, Encoding Object: of a string with a `contentEncoding` the content type is `application/octet-stream`;
// what is sent is the string, which is encoded already.
#[tokio::test]
async fn parts_that_are_encoded_already() {
    let sent = sent!(multipart::encoded);
    let parts = parts(&sent[0]);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].disposition.starts_with("form-data; name=\"picture\""),
        "{parts:?}"
    );
    assert_eq!(parts[0].content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(parts[0].content, "iVBORw0KGgo=");
}

// Semantics: "An explicit null in a […] form […] has no spelling: it is left out"; an array without members has no
// part.
#[tokio::test]
async fn parts_without_undefined_members() {
    let sent = sent!(multipart::undefined_values, { "nothing": null });
    assert_eq!(parts(&sent[0]), [text("a", "one"), text("e", "two")]);
}

// RFC 7578, section 5.1: names that are not ASCII are sent in UTF-8. OpenAPI 3.1, Percent-Encoding and `form-data`:
// "percent-encoding is not automatically applied for this media type".
#[tokio::test]
async fn parts_with_names_that_are_not_ascii() {
    let sent = sent!(multipart::names);
    assert_eq!(parts(&sent[0]), [text("größe", "1")]);
}

// OpenAPI 3.0, Encoding Object: of a string whose `format` is `binary` the content type is `application/octet-stream`.
// RFC 7578, section 4.2: "For form data that represents the content of a file, a name for the file SHOULD be supplied
// as well, by using a "filename" parameter". There is none to be had but that of the member.
#[tokio::test]
async fn parts_that_are_files() {
    let sent = sent!(files::one_file, { "bytes": "\u{1}é\r\n\r\n--x" });
    assert_eq!(
        parts(&sent[0]),
        [
            text("label", "x"),
            file("picture", "application/octet-stream", "\u{1}é\r\n\r\n--x"),
        ]
    );
}

// OpenAPI 3.0, Example: Multipart Form with Multiple Files; RFC 7578, section 4.3: "multiple files MUST be sent by
// supplying each file in a separate part but all with the same "name" parameter".
#[tokio::test]
async fn parts_that_are_files_of_one_name() {
    let sent = sent!(files::files);
    assert_eq!(
        parts(&sent[0]),
        [
            file("file", "application/octet-stream", "one"),
            file("file", "application/octet-stream", "two"),
        ]
    );
}

// OpenAPI 3.0, Example: Multipart Form with Encoding Objects: "default is application/octet-stream, but we can declare
// a more specific image type".
#[tokio::test]
async fn parts_that_are_files_with_content_types() {
    let sent = sent!(files::typed_file);
    assert_eq!(parts(&sent[0]), [file("picture", "image/svg+xml", "<svg/>")]);
}

// OpenAPI 3.0, Encoding Object, style and explode: "This field SHALL be ignored if the request body media type is not
// `application/x-www-form-urlencoded`".
#[tokio::test]
async fn parts_have_no_style_in_openapi_3_0() {
    let sent = sent!(files::ignored_style);
    assert_eq!(
        parts(&sent[0]),
        [text("colors", "blue"), text("colors", "black"), text("colors", "brown")]
    );
}

// OpenAPI 3.0, Considerations for File Uploads: the body is the file.
#[tokio::test]
async fn body_that_is_a_file() {
    let sent = sent!(files::whole_file);
    assert_eq!(contents(&sent), [(Some("image/svg+xml"), "<svg/>")]);
}
