//! Forms.

use super::*;

// OpenAPI 3.1, Encoding Object: the default content type of strings, numbers and booleans is `text/plain`, "serialized
// as-is"; URL Percent-Encoding: "percent-encoding it as `%20` also meets the above requirements", and "`&=+`" must be
// encoded in names and values.
#[tokio::test]
async fn form_of_primitives() {
    let sent = sent!(forms::plain, { "text": "x&y=z+1~%é" });
    assert_eq!(
        forms(&sent),
        [
            "a=blue%20sky&b=2.5&c=true&d=&e=x%26y%3Dz%2B1~%25%C3%A9&f=-3",
            "filter%5Bname%5D=x%20y&gr%C3%B6%C3%9Fe=1",
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, "Form Data String Example". Semantics: "or a ready string".
#[tokio::test]
async fn form_that_is_written_as_text() {
    let sent = sent!(forms::written, { "text": "2" });
    assert_eq!(forms(&sent), ["a=1&b=2"]);
}

// Semantics: "An explicit null in a […] form […] has no spelling: it is left out"; an array without members has no
// repetition.
#[tokio::test]
async fn form_without_undefined_members() {
    let sent = sent!(forms::undefined_values, { "nothing": null });
    assert_eq!(forms(&sent), ["a=one&e=two"]);
}

// OpenAPI 3.1, Encoding Object, contentType: of an array, "according to the `type` of the `items` schema": every
// element is a value of its own.
#[tokio::test]
async fn form_with_arrays() {
    let sent = sent!(forms::arrays, { "numbers": [1.5, 2.5] });
    assert_eq!(
        forms(&sent),
        ["colors=blue&colors=black&colors=brown", "numbers=1.5&numbers=2.5"]
    );
}

// OpenAPI 3.1, Encoding the `x-www-form-urlencoded` Media Type, Example: URL Encoded Form with JSON Values, where a
// space is "+": "id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123+Example+Dr.%22%2C…".
#[tokio::test]
async fn form_with_an_object() {
    let sent = sent!(forms::nested);
    assert_eq!(
        forms(&sent),
        [
            "id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123%20Example%20Dr.%22%2C\
             %22city%22%3A%22Somewhere%22%2C%22state%22%3A%22CA%22%2C%22zip%22%3A%2299999%2B1234%22%7D"
        ]
    );
}

// OpenAPI 3.1, the same section: "Here is the `id` parameter […] serialized as `application/json`":
// "id=%22f81d4fae-7dec-11d0-a765-00a0c91e6bf6%22".
#[tokio::test]
async fn form_with_content_types() {
    let sent = sent!(forms::content_types);
    assert_eq!(forms(&sent), ["id=%22f81d4fae-7dec-11d0-a765-00a0c91e6bf6%22"]);
}

// OpenAPI 3.1, Encoding Object: "The absence of all three of those fields is the equivalent of using `content`, but
// with the media type specified in `contentType`": the array is one JSON text.
#[tokio::test]
async fn form_with_an_array_that_is_json() {
    let sent = sent!(forms::array_content_types);
    assert_eq!(forms(&sent), ["colors=%5B%22blue%22%2C%22dark%20red%22%5D"]);
}

// OpenAPI 3.1, Encoding Object, style: "The behavior follows the same values as `query` parameters", which are in the
// table of Style Examples; "the initial `?` used in query strings is not used".
#[tokio::test]
async fn form_with_styles() {
    let sent = sent!(forms::styles);
    assert_eq!(
        forms(&sent),
        [
            "colors=blue%20black%20brown",
            "colors=blue%7Cblack%7Cbrown",
            "colors=blue%7Cblack%7Cbrown",
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            "colors=blue&colors=black&colors=brown",
            "colors=blue,black,brown",
            "R=100&G=200&B=150",
            "color=R,100,G,200,B,150",
        ]
    );
}

// OpenAPI 3.0, Encoding Object: "whenever any of `style`, `explode`, or `allowReserved` are present with an explicit
// value: The value of `contentType`, whether it is explicitly defined or has the default value, is to be ignored. If
// any of `style`, `explode`, or `allowReserved` are not present with explicit values, then they are to be treated as if
// they were present with their default values"; those of 3.1 say the same.
#[tokio::test]
async fn form_with_some_of_the_fields_of_a_style() {
    let sent = sent!(forms::style_defaults);
    assert_eq!(
        forms(&sent),
        [
            "R=100&G=200&B=150",
            "colors=blue,black,brown",
            "R=100&G=200&B=150",
            "colors=blue,black,brown",
        ]
    );
}

// OpenAPI 3.1, Encoding Object, allowReserved, as for queries.
#[tokio::test]
async fn form_allow_reserved() {
    let sent = sent!(forms::allow_reserved);
    assert_eq!(
        forms(&sent),
        ["text=:/?@!$'()*,;%20%C3%A9%41%20100%25%20~", "paths=a/b,c:d"]
    );
}

// OpenAPI 3.1, Encoding Object: "A single encoding definition applied to a single schema property"; Media Type Object,
// encoding: "If no Encoding Object is provided for a property, the behavior is determined by the default values".
#[tokio::test]
async fn form_with_a_style_for_one_member() {
    let sent = sent!(forms::one_among_others);
    assert_eq!(forms(&sent), ["a=x&a=y&b=x%7Cy&c=x%20y"]);
}
