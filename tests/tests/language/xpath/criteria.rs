//! Conditions.

use super::*;

// Spec, XPath Conditions: "A condition passes (truthy) when […] returns a node-set with at least one node", whatever it
// holds.
#[tokio::test]
async fn a_node_set_passes_when_it_has_a_node() {
    check!(has_books:
        "<catalogue><book/></catalogue>" => true,
        "<catalogue><book>false</book><book/></catalogue>" => true,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<catalogue>\n <book>0</book>\n</catalogue>\n" => true,
        "<catalogue/>" => false,
        "<catalogue>book</catalogue>" => false,
        "<catalogue><Book/></catalogue>" => false,
        "<catalogue><shelf><book/></shelf></catalogue>" => false,
        "<book/>" => false,
    );
    check!(has_note_or_error:
        "<a><note/></a>" => true,
        "<a><b><error/></b></a>" => true,
        "<a/>" => false,
    );
}

// The same lines: "a non-zero number", "zero". XPath 4.3: a number "is true if and only if it is neither positive or
// negative zero nor NaN".
#[tokio::test]
async fn a_number_passes_when_it_is_not_zero() {
    check!(counts_books:
        "<catalogue><book/><book/></catalogue>" => true,
        "<catalogue/>" => false,
    );
    check!(reads_number:
        "<catalogue><note>3</note></catalogue>" => true,
        "<catalogue><note> -0.5 </note></catalogue>" => true,
        "<catalogue><note>0</note></catalogue>" => false,
        "<catalogue><note>-0.0</note></catalogue>" => false,
        "<catalogue><note>abc</note></catalogue>" => false,
        "<catalogue><note/></catalogue>" => false,
        "<catalogue/>" => false,
    );
}

// The same lines: "a non-empty string", even one that reads `false`; "`true` (boolean)".
#[tokio::test]
async fn a_string_passes_when_it_is_not_empty_and_a_boolean_when_it_is_true() {
    check!(reads_currency:
        r#"<catalogue currency="EUR"/>"# => true,
        r#"<catalogue currency="false"/>"# => true,
        r#"<catalogue currency="0"/>"# => true,
        r#"<catalogue currency=" "/>"# => true,
        r#"<catalogue currency=""/>"# => false,
        r#"<catalogue/>"# => false,
    );
    check!(has_several_books:
        "<catalogue><book/><book/></catalogue>" => true,
        "<catalogue><book/></catalogue>" => false,
    );
    check!(has_no_error:
        "<catalogue/>" => true,
        "<catalogue><book><error/></book></catalogue>" => false,
    );
    check!(has_books_in_version_1:
        "<catalogue><book/></catalogue>" => true,
        "<catalogue/>" => false,
    );
}

// XPath 3.4: a comparison with a node-set is true where it is true of any of its nodes, with numbers as numbers.
#[tokio::test]
async fn a_comparison_is_about_any_node() {
    check!(has_dear_book:
        "<catalogue><book><price>9</price></book><book><price>10.5</price></book></catalogue>" => true,
        "<catalogue><book><price>9</price></book><book><price>10.0</price></book></catalogue>" => false,
        "<catalogue><book><price>100</price></book></catalogue>" => true,
        "<catalogue><book/></catalogue>" => false,
    );
    check!(has_french_emma:
        r#"<a><book lang="fr"><title>Emma</title></book></a>"# => true,
        r#"<a><book lang="en"><title>Emma</title></book><book lang="fr"><title>Dune</title></book></a>"# => false,
        r#"<a><book lang='fr'><title>Dune</title><title>Emma</title></book></a>"# => true,
        r#"<a><book><lang>fr</lang><title>Emma</title></book></a>"# => false,
    );
}

// XPath 2.4 and 2.5: predicates count along the axis; `//book[2]` is the second of its parent. 2.2: the axes.
#[tokio::test]
async fn positions_and_axes() {
    check!(ends_with_emma:
        "<catalogue><book><title>Dune</title></book><book><title>Emma</title></book><note/></catalogue>" => true,
        "<catalogue><book><title>Emma</title></book><book><title>Dune</title></book></catalogue>" => false,
    );
    check!(has_second_of_parent:
        "<a><shelf><book/><book/></shelf></a>" => true,
        "<a><shelf><book/></shelf><shelf><book/></shelf></a>" => false,
    );
    check!(has_second_of_all:
        "<a><shelf><book/></shelf><shelf><book/></shelf></a>" => true,
        "<a><shelf><book/></shelf></a>" => false,
    );
    check!(has_emma_after_dune:
        "<catalogue><book><title>Dune</title></book><cd/><book><title>Emma</title></book></catalogue>" => true,
        "<catalogue><book><title>Emma</title></book><book><title>Dune</title></book></catalogue>" => false,
        "<catalogue><book><title>Dune</title></book><cd><title>Emma</title></cd></catalogue>" => false,
    );
}

// XPath 3.5 and 4: operators and functions of numbers and strings.
#[tokio::test]
async fn arithmetic_and_strings() {
    check!(adds_up:
        "<a><price>9.50</price><price>12.75</price><total>23.25</total></a>" => true,
        "<a><price>9.50</price><price>12.75</price><total>22.25</total></a>" => false,
        "<a><price>22.25</price><total>23.25</total></a>" => false,
    );
    check!(has_proper_title:
        "<a><title>Dune</title></a>" => true,
        "<a><title>Dune \n </title></a>" => true,
        "<a><title>DUNE</title></a>" => false,
        "<a><title>Dunes</title></a>" => false,
        "<a/>" => false,
    );
}

// XPath 5: the data model: references and character data are text, comments are nodes of their own, names have
// namespaces.
#[tokio::test]
async fn nodes_of_every_kind() {
    check!(has_fish_and_chips:
        "<catalogue><title>Fish &amp; Chips <![CDATA[<1>]]></title></catalogue>" => true,
        "<catalogue><title>Fish &#38; Ch<!-- i -->ips &lt;1&#x3e;</title></catalogue>" => true,
        "<catalogue><title>Fish &amp;amp; Chips &lt;1&gt;</title></catalogue>" => false,
    );
    check!(has_comment:
        "<catalogue>open<!-- a secret --></catalogue>" => true,
        "<catalogue>a secret<!-- open --></catalogue>" => false,
        "<catalogue>a secret<!-- a secret --></catalogue>" => false,
    );
    check!(has_soap_body:
        r#"<s:Envelope xmlns:s="urn:soap"><s:Body/></s:Envelope>"# => true,
        r#"<Envelope xmlns="urn:soap"><x:Body xmlns:x="urn:x"/></Envelope>"# => true,
        r#"<s:Envelope xmlns:s="urn:soap"><s:Head/></s:Envelope>"# => false,
        r#"<s:Envelope xmlns:s="urn:other"><s:Body/></s:Envelope>"# => false,
        r#"<Envelope><Body/></Envelope>"# => false,
    );
    check!(has_envelope_without_namespace:
        r#"<Envelope/>"# => true,
        r#"<Envelope xmlns=""/>"# => true,
        r#"<Envelope xmlns="urn:soap"/>"# => false,
        r#"<s:Envelope xmlns:s="urn:soap"/>"# => false,
    );
}

// Spec, Expression Type Object: "implementations MUST apply the semantics defined in that version's specification". XPath
// 4.2: a node-set becomes "the string-value of the node in the node-set that is first in document order".
#[tokio::test]
async fn version_1_takes_the_first_of_several_nodes() {
    check!(starts_with_dune_in_version_1:
        "<a><title>Dune</title></a>" => true,
        "<a><title>Dune</title><title>Emma</title></a>" => true,
        "<a><title>Emma</title><title>Dune</title></a>" => false,
        "<a/>" => false,
    );
}

// Semantics, Criteria: "`{…}` is an embedding only where `{$` starts a valid expression that `}` ends; otherwise it is
// text".
#[tokio::test]
async fn braces_that_hold_no_expression_are_text() {
    check!(has_braced_title:
        "<catalogue><title>{title}</title></catalogue>" => true,
        "<catalogue><title>{$}</title></catalogue>" => true,
        "<catalogue><title>title</title></catalogue>" => false,
        "<catalogue><title/></catalogue>" => false,
    );
}

// Spec, Evaluation Errors: "Invalid context […] Then the condition MUST evaluate to fail". The condition is true of every
// document without errors.
#[tokio::test]
async fn a_body_that_is_no_xml_fails() {
    for (content_type, body) in [
        ("application/xml", "no error"),
        ("application/xml", ""),
        ("application/xml", "<catalogue>"),
        ("application/xml", "<catalogue></Catalogue>"),
        ("application/xml", "<catalogue/><catalogue/>"),
        ("application/xml", "<catalogue a=1/>"),
        ("application/xml", "<catalogue>&nothing;</catalogue>"),
        ("application/xml", "<catalogue>&</catalogue>"),
        ("text/plain", "no error"),
        ("application/json", r#"{"catalogue":[]}"#),
        ("application/json", "null"),
    ] {
        let script = Script::new().on("GET /catalogue").reply_text(200, content_type, body);
        assert!(
            !passes!(script, has_no_error, has_no_error::Inputs::new()),
            "{content_type}: {body}"
        );
        script.assert_trace(&["GET /catalogue 200"]);
    }
    let script = Script::new().on("GET /catalogue").reply_empty(200);
    assert!(!passes!(script, has_no_error, has_no_error::Inputs::new()));
}

// A service must not make its clients read their files: XML 1.0, 4.4.3, leaves it open whether external entities are read.
#[tokio::test]
async fn a_body_cannot_bring_in_files() {
    for body in [
        r#"<!DOCTYPE catalogue [<!ENTITY x SYSTEM "file:///etc/passwd">]><catalogue>&x;</catalogue>"#,
        r#"<!DOCTYPE catalogue [<!ENTITY x PUBLIC "x" "/etc/passwd">]><catalogue>&x;</catalogue>"#,
    ] {
        // Entities of any kind are refused before the body is parsed.
        let client = catalogue(body).client();
        let error = has_root_text(&client, has_root_text::Inputs::new()).await.unwrap_err();
        assert!(error.to_string().contains("declares entities"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Budget, "{error}");
    }
    check!(has_root_text: "<catalogue>square root</catalogue>" => true);
}

// Semantics, Responses: what is no JSON is text, whatever its type is called; the context is "applied on" by Spec, Criterion
// Object.
#[tokio::test]
async fn every_type_of_xml_will_do() {
    for (content_type, body, expected) in [
        ("text/xml", "<feed><entry/></feed>", true),
        ("text/xml; charset=utf-8", "<feed><entry/></feed>", true),
        (
            "application/xml;charset=UTF-8",
            "<feed><entry>\u{e9}</entry></feed>",
            true,
        ),
        ("text/xml", "<feed/>", false),
    ] {
        let script = Script::new().on("GET /feed").reply_text(200, content_type, body);
        let actual = passes!(script, has_news, has_news::Inputs::new());
        script.assert_trace(&["GET /feed 200"]);
        assert_eq!(actual, expected, "{content_type}: {body}");
    }
}

// Spec, Criterion Object, context: "A Runtime Expression"; XPath Conditions: "If the `context` evaluates to `null` or
// `undefined` […] the condition MUST evaluate to fail".
#[tokio::test]
async fn an_expression_is_applied_to_its_context() {
    let books = "<catalogue><book/></catalogue>";
    let inputs = has_books_from_before::Inputs::new;
    for (body, inputs, expected) in [
        (books, inputs().document("<catalogue/>"), true),
        (books, inputs().document("<book/>"), true),
        (books, inputs().document(books), false),
        ("<catalogue/>", inputs().document("<catalogue/>"), false),
        (books, inputs().document("no document"), false),
        (books, inputs(), false),
    ] {
        let script = catalogue(body).on("GET /stock").reply(200, json!({}));
        let actual = passes!(script, has_books_from_before, inputs);
        script.assert_trace(&["GET /catalogue 200", "GET /stock 200"]);
        assert_eq!(actual, expected, "{body}");
    }
}
