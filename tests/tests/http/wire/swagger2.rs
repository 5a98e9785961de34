//! Swagger.

use super::*;

// Swagger, Parameter Object, collectionFormat: "`csv` - comma separated values `foo,bar`. `ssv` - space separated
// values `foo bar`. `tsv` - tab separated values `foo\tbar`. `pipes` - pipe separated values `foo|bar`. `multi` -
// corresponds to multiple parameter instances instead of multiple values for a single instance `foo=bar&foo=baz`. […]
// Default value is `csv`." RFC 3986: a space, a tab and a pipe are encoded.
#[tokio::test]
async fn swagger_query_collections() {
    let sent = sent!(swagger::collections);
    assert_eq!(
        targets(&sent),
        [
            "/query/csv?colors=blue,black,brown",
            "/query/ssv?colors=blue%20black%20brown",
            "/query/tsv?colors=blue%09black%09brown",
            "/query/pipes?colors=blue%7Cblack%7Cbrown",
            "/query/multi?colors=blue&colors=black&colors=brown",
            "/query/default?colors=a%2Cb,c%20d",
            "/query/primitives?flag=true&number=2.5&text=a%20b%26c",
        ]
    );
}

// The same line; `multi` is not for paths.
#[tokio::test]
async fn swagger_path_collections() {
    let sent = sent!(swagger::path_collections);
    assert_eq!(
        targets(&sent),
        [
            "/path/csv/blue,black,brown",
            "/path/ssv/blue%20black%20brown",
            "/path/tsv/blue%09black%09brown",
            "/path/pipes/blue%7Cblack%7Cbrown",
            "/path/default/a%2Cb,c",
            "/path/string/a%2Fb",
        ]
    );
}

// The same line; headers are not encoded. Parameter Object Examples: "A header parameter with an array of 64 bit
// integer numbers".
#[tokio::test]
async fn swagger_header_collections() {
    let sent = sent!(swagger::header_collections);
    assert_eq!(
        values(&sent[..4], "x-colors"),
        [
            Some("blue,black,brown"),
            Some("blue black brown"),
            Some("blue\tblack\tbrown"),
            Some("blue|black|brown"),
        ]
    );
    assert_eq!(sent[4].header("x-token"), Some("12345678,90099"));
}

// Swagger, Parameter Object, Form: "`application/x-www-form-urlencoded` - Similar to the format of Query parameters but
// as a payload. For example, `foo=1&bar=swagger`".
#[tokio::test]
async fn swagger_form() {
    let sent = sent!(swagger::form);
    assert_eq!(
        forms(&sent),
        [
            "name=Fluffy%20%26%20Co&status=sold",
            "a=x,y&b=x&b=y&c=x%7Cy&d=x%20y&e=x%09y&f=x,y",
        ]
    );
}

// Swagger, Parameter Object, Form: "`multipart/form-data` - each parameter takes a section in the payload with an
// internal header".
#[tokio::test]
async fn swagger_form_in_parts() {
    let sent = sent!(swagger::form_parts);
    assert_eq!(parts(&sent[0]), [text("count", "3"), text("name", "Fluffy")]);
}

// Swagger, Parameter Object: `type: file`; collectionFormat `multi`: "multiple parameter instances".
#[tokio::test]
async fn swagger_form_with_a_file() {
    let sent = sent!(swagger::upload, { "bytes": "\u{1}é\r\n" });
    assert_eq!(
        parts(&sent[0]),
        [
            file("avatar", "application/octet-stream", "\u{1}é\r\n"),
            text("name", "Fluffy"),
            text("shades", "dark"),
            text("shades", "light"),
        ]
    );
}

// Swagger, Parameter Object, collectionFormat, again: it is for `formData`, whatever the form, and `csv` is the
// default.
#[tokio::test]
async fn swagger_form_in_parts_with_collections() {
    let sent = sent!(swagger::part_collections);
    assert_eq!(
        parts(&sent[0]),
        [
            text("a", "x,y"),
            text("b", "x"),
            text("b", "y"),
            text("c", "x|y"),
            text("d", "x y"),
            text("e", "x\ty"),
            text("f", "x,y"),
        ]
    );
}

// Swagger, Operation Object, consumes: "A list of MIME types the operation can consume. This overrides the `consumes`
// definition at the Swagger Object."
#[tokio::test]
async fn swagger_bodies_are_what_the_operation_consumes() {
    let sent = sent!(swagger::consumes);
    assert_eq!(
        contents(&sent),
        [
            (Some("application/vnd.wire+json"), r#"{"name":"Fluffy"}"#),
            (Some("application/json"), r#"{"name":"Fluffy"}"#),
            (Some("application/xml"), "<name>Fluffy</name>"),
            (Some("text/plain"), "Fluffy"),
            (Some("application/merge-patch+json"), r#"{"name":null}"#),
        ]
    );
}

// Swagger, Security Scheme Object: "Valid values are "basic", "apiKey" or "oauth2"", of a key "The location of the API
// key. Valid values are "query" or "header"". RFC 7617, section 2: "Aladdin" and "open sesame".
#[tokio::test]
async fn swagger_credentials() {
    let sent = sent!(swagger::secured, {}, |api| {
        api.scheme("basicAuth", Credential::basic("Aladdin", "open sesame"))
            .scheme("keyAuth", Credential::api_key("k&y"))
    });
    assert_eq!(targets(&sent), ["/secured/basic", "/secured/key?key=k%26y"]);
    assert_eq!(
        values(&sent, "authorization"),
        [Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), None]
    );
}
