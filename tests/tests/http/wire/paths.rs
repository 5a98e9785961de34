//! Paths.

use super::*;

// OpenAPI 3.1, Style Examples: `simple`: "blue", "blue,black,brown", "R,100,G,200,B,150"; exploded "blue",
// "blue,black,brown", "R=100,G=200,B=150". Parameter Object: the default of `style` is "for `path` - `simple`", that of
// `explode` "for all other styles" than `form` `false`.
#[tokio::test]
async fn path_simple() {
    let sent = sent!(path::simple);
    assert_eq!(
        targets(&sent),
        [
            "/simple/whole/string/blue",
            "/simple/whole/array/blue,black,brown",
            "/simple/whole/object/R,100,G,200,B,150",
            "/simple/exploded/string/blue",
            "/simple/exploded/array/blue,black,brown",
            "/simple/exploded/object/R=100,G=200,B=150",
            "/plain/array/blue,black,brown",
            "/plain/object/R,100,G,200,B,150",
        ]
    );
    assert!(
        sent.iter()
            .all(|request| request.method == "GET" && request.body.is_empty())
    );
}

// OpenAPI 3.1, Style Examples: `label`: ".blue", ".blue,black,brown", ".R,100,G,200,B,150"; exploded ".blue",
// ".blue.black.brown", ".R=100.G=200.B=150". RFC 6570, section 3.2.5: `X{.empty}` is "X.".
#[tokio::test]
async fn path_label() {
    let sent = sent!(path::label);
    assert_eq!(
        targets(&sent),
        [
            "/label/whole/string/.blue",
            "/label/whole/array/.blue,black,brown",
            "/label/whole/object/.R,100,G,200,B,150",
            "/label/exploded/string/.blue",
            "/label/exploded/array/.blue.black.brown",
            "/label/exploded/object/.R=100.G=200.B=150",
            "/label/whole/empty/x.",
            "/label/exploded/empty/x.",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `matrix`: ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"; exploded
// ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150". RFC 6570, section 3.2.7: `{;empty}` is
// ";empty".
#[tokio::test]
async fn path_matrix() {
    let sent = sent!(path::matrix);
    assert_eq!(
        targets(&sent),
        [
            "/matrix/whole/string/;color=blue",
            "/matrix/whole/array/;color=blue,black,brown",
            "/matrix/whole/object/;color=R,100,G,200,B,150",
            "/matrix/exploded/string/;color=blue",
            "/matrix/exploded/array/;color=blue;color=black;color=brown",
            "/matrix/exploded/object/;R=100;G=200;B=150",
            "/matrix/whole/empty/x;color",
            "/matrix/exploded/empty/;color",
        ]
    );
}

// RFC 6570, section 2.3: "a variable value that is a string of length zero is not considered undefined; it has the
// defined value of an empty string", so it is a member; appendix A: with `;` the name of an empty value has no `=`.
#[tokio::test]
async fn path_arrays_keep_empty_members() {
    let sent = sent!(path::empty_members);
    assert_eq!(
        targets(&sent),
        [
            "/members/simple/blue,",
            "/members/label/.blue.",
            "/members/matrix/;color=blue;color"
        ]
    );
}

// RFC 6570, sections 3.2.2, 3.2.5 and 3.2.7: the characters that are allowed are "(unreserved)"; section 3.2.1: every
// other one is percent-encoded as UTF-8. OpenAPI 3.1, Path Templating: a value "MUST NOT contain any unescaped "generic
// syntax" characters described by RFC3986: forward slashes (`/`), question marks (`?`), or hashes (`#`)".
#[tokio::test]
async fn path_text_is_encoded_but_for_unreserved_characters() {
    let sent = sent!(path::reserved, { "text": TEXT });
    assert_eq!(
        targets(&sent),
        [
            format!("/text/simple/{ENCODED}"),
            format!("/text/label/.{ENCODED}"),
            format!("/text/matrix/;text={ENCODED}"),
        ]
    );
}

// OpenAPI 3.2, Parameter Object Examples, a path parameter of a string value: "Diṅnāga" is `di%E1%B9%85n%C4%81ga`,
// "Al-Khwarizmi" `%D8%A7%D9%84%D8%AE%D9%88%D8%A7%D8%B1%D8%B2%D9%85%D9%8A%D9%91`.
#[tokio::test]
async fn path_text_of_any_script() {
    for (name, expected) in [
        ("edijkstra", "edijkstra"),
        ("diṅnāga", "di%E1%B9%85n%C4%81ga"),
        (
            "الخوارزميّ",
            "%D8%A7%D9%84%D8%AE%D9%88%D8%A7%D8%B1%D8%B2%D9%85%D9%8A%D9%91",
        ),
    ] {
        let sent = sent!(path::single, { "part": name });
        assert_eq!(targets(&sent), [format!("/files/{expected}/end")]);
    }
}

// OpenAPI 3.1, Appendix C, Delimiters in Parameter Values: "Delimiters used by RFC6570 expansion, such as the `,` used
// to join arrays or object values with `style: "simple"`, are all automatically percent-encoded".
#[tokio::test]
async fn path_members_cannot_look_like_several() {
    let sent = sent!(path::reserved_members);
    assert_eq!(
        targets(&sent),
        [
            "/delimiters/array/a%2Cb,c%3Bd,e%2Ff",
            "/delimiters/object/k%3D1%2C2=v%3D1%2C2,%C3%A4=%C3%B6",
            "/delimiters/matrix/;k%3D1%3B2=v%3D1%3B2",
        ]
    );
}

// OpenAPI 3.1, Appendix B: how numbers and booleans become text is for the implementation to say; semantics: "number
// and boolean in JSON spelling".
#[tokio::test]
async fn path_numbers_and_booleans() {
    let sent = sent!(path::primitives, { "number": -0.25, "integer": 9_007_199_254_740_993_i64, "flag": false });
    assert_eq!(
        targets(&sent),
        [
            "/primitives/2.5/-3/true",
            "/inputs/-0.25/9007199254740993/false",
            "/members/numbers/1,2.5,-3",
            "/members/flags/.true.false",
        ]
    );
}

// OpenAPI 3.1, Style Examples, again.
#[tokio::test]
async fn path_arrays_and_objects_may_be_inputs() {
    let sent = sent!(path::from_inputs, { "colors": ["dark blue", "black"], "shade": { "B": 150, "G": 200 } });
    assert_eq!(
        targets(&sent),
        ["/inputs/array/dark%20blue,black", "/inputs/object/B=150,G=200"]
    );
}

// RFC 3986, section 3.3: "." and ".." are dot-segments, and section 5.2.4 removes them, so that such a value would lead
// to another operation; section 6.2.2.2: `%2E` is the same as ".". So would one that is empty. They cannot be said, and
// what cannot be said is refused before anything is sent.
#[tokio::test]
async fn path_segments_that_would_vanish_are_refused() {
    for part in ["", ".", ".."] {
        assert_eq!(refused!(path::single, { "part": part }), ErrorKind::Request, "{part:?}");
    }
    for (part, expected) in [
        ("...", "..."),
        (".a", ".a"),
        ("a..", "a.."),
        ("%2e%2E", "%252e%252E"),
        ("./", ".%2F"),
    ] {
        let sent = sent!(path::single, { "part": part });
        assert_eq!(targets(&sent), [format!("/files/{expected}/end")]);
    }
}

// The same lines, for segments that only become dot-segments. RFC 6570, section 2.3: a list without members is
// undefined, so that its expansion is empty.
#[tokio::test]
async fn path_segments_that_vanish_when_they_are_complete_are_refused() {
    assert_eq!(
        refused!(path::pair, { "stem": ".", "extension": "." }),
        ErrorKind::Request
    );
    assert_eq!(refused!(path::single_label, { "part": "" }), ErrorKind::Request);
    assert_eq!(refused!(path::single_label, { "part": "." }), ErrorKind::Request);
    assert_eq!(refused!(path::single_list, { "parts": [] }), ErrorKind::Request);
    assert_eq!(refused!(path::single_list, { "parts": [".."] }), ErrorKind::Request);

    let sent = sent!(path::pair, { "stem": "a", "extension": "." });
    assert_eq!(targets(&sent), ["/pairs/a./end"]);
    let sent = sent!(path::single_label, { "part": "a" });
    assert_eq!(targets(&sent), ["/labels/.a/end"]);
    let sent = sent!(path::single_list, { "parts": ["..", "a"] });
    assert_eq!(targets(&sent), ["/lists/..,a/end"]);
}

// OpenAPI 3.1, Operation Object, parameters: "If a parameter is already defined at the Path Item, the new definition
// will override it".
#[tokio::test]
async fn path_parameters_of_an_operation_override_those_of_its_path() {
    let sent = sent!(path::overridden);
    assert_eq!(targets(&sent), ["/overridden/;color=blue", "/inherited/.blue"]);
}
