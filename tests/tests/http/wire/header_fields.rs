//! Headers and cookies.

use super::*;

// OpenAPI 3.1, Style Examples: `simple`: "blue", "blue,black,brown", "R,100,G,200,B,150", exploded "R=100,G=200,B=150",
// the empty string empty; Parameter Object: the default is "for `header` - `simple`".
#[tokio::test]
async fn header_simple() {
    let sent = sent!(headers::header_simple);
    assert_eq!(
        values(&sent, "x-color"),
        [
            Some("blue"),
            Some("blue,black,brown"),
            Some("blue,black,brown"),
            Some("R,100,G,200,B,150"),
            Some("R=100,G=200,B=150"),
            Some(""),
            Some("2.5"),
            Some("true"),
        ]
    );
    assert!(sent.iter().all(|request| !request.target.contains('?')));
}

// OpenAPI 3.2, Parameter Object Examples, a header parameter with an array of 64-bit integer numbers: "12345678,90099".
#[tokio::test]
async fn header_of_integers() {
    let sent = sent!(headers::header_tokens);
    assert_eq!(values(&sent, "x-token"), [Some("12345678,90099")]);
}

// OpenAPI 3.1 (3.1.2), Parameter Object: "When serializing `in: "header"` parameters with `schema`, URI
// percent-encoding MUST NOT be applied", and "Implementations MUST pass header values through unchanged rather than
// attempting to automatically quote header values".
#[tokio::test]
async fn header_values_are_not_encoded() {
    let value = r#"a b; c="d, e" 100% /?&=#[]{}"#;
    let sent = sent!(headers::header_raw, { "text": value });
    assert_eq!(values(&sent, "x-raw"), [Some(value), Some(r#"W/"a b",50%"#)]);
}

// OpenAPI 3.1, Parameter Object, content: "A map containing the representations for the parameter. The key is the media
// type".
#[tokio::test]
async fn header_json() {
    let sent = sent!(headers::header_json);
    assert_eq!(values(&sent, "x-json"), [Some(r#"{"a":[1,"b c"],"d":null}"#)]);
}

// RFC 6570, section 2.3: null is undefined. Semantics: "An explicit null in a […] header […] is left out".
#[tokio::test]
async fn header_without_undefined_values() {
    let sent = sent!(headers::header_undefined, { "nothing": null });
    assert_eq!(values(&sent, "x-color"), [None]);
}

// OpenAPI 3.1, Style Examples: `form`: "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150", the empty
// string "color="; Parameter Object: the default is "for `cookie` - `form`". Appendix D: "name=value pairs in cookies
// are delimited by a semicolon followed by a space character". RFC 6265, section 5.4: one header holds all of them.
#[tokio::test]
async fn cookie_form() {
    let sent = sent!(headers::cookie_form);
    assert_eq!(
        values(&sent, "cookie"),
        [
            Some("color=blue"),
            Some("color=2.5"),
            Some("color=true"),
            Some("color="),
            Some("color=blue,black,brown"),
            Some("color=R,100,G,200,B,150"),
            Some("color=blue; shade=dark"),
        ]
    );
}

// OpenAPI 3.2, Serialization and Examples: "For `in: "cookie", style: "form"`, neither the `&` nor `?` delimiters are
// ever correct". What is correct is not said.
#[tokio::test]
async fn cookie_form_exploded_has_no_ampersand() {
    for request in sent!(headers::cookie_exploded) {
        let cookie = request.header("cookie").expect("a cookie");
        assert!(!cookie.contains(['&', '?']), "{cookie}");
    }
}

// OpenAPI 3.2, Parameter Object Examples, a cookie parameter relying on the percent-encoding behavior of the default
// `style: "form"`: "Hello, world!" is "greeting=Hello%2C%20world%21".
#[tokio::test]
async fn cookie_form_is_encoded() {
    let sent = sent!(headers::cookie_encoded);
    assert_eq!(values(&sent, "cookie"), [Some("greeting=Hello%2C%20world%21")]);
}

// OpenAPI 3.1, Appendix D: where percent-encoding is not appropriate, "use `content` with a media type such as
// `text/plain` and require the application to assemble the correct string".
#[tokio::test]
async fn cookie_that_is_plain_text_is_not_encoded() {
    let sent = sent!(headers::cookie_content);
    assert_eq!(values(&sent, "cookie"), [Some("note=a:b/c!")]);
}

// RFC 6570, section 2.3, as for queries.
#[tokio::test]
async fn cookie_without_undefined_values() {
    let sent = sent!(headers::cookie_undefined, { "nothing": null });
    assert_eq!(values(&sent, "cookie"), [None, None]);
}

// OpenAPI 3.2, Style Examples: `cookie`: "color=blue", exploded, which is its default, "color=blue; color=black;
// color=brown"; Parameter Object Examples: "greeting=Hello%2C%20world!; code=42". Style Values: "no percent-encoding or
// other escaping is applied".
#[tokio::test]
async fn cookie_of_style_cookie() {
    let sent = sent!(newest::cookie_style);
    assert_eq!(
        values(&sent, "cookie"),
        [
            Some("greeting=Hello%2C%20world!; code=42"),
            Some("color=blue; color=black; color=brown"),
            Some("color=blue"),
        ]
    );
}
