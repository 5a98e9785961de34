//! XPath: conditions of steps and actions, Selector Objects, and the targets of replacements.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "XPath" the recommendation XPath 1.0, "semantics" the page that decides where
//! the specification is silent. Where no version is written down the specification means XPath 3.1; the expressions here
//! mean the same in both, but for those that say `xpath-10`.

mod script;

use arazzo::ErrorKind;
use script::{Script, json_of};
use serde_json::{Map, Value, json};

mod actions {
    arazzo::arazzo_workflow!("../language/engines/xpath-actions.yml");
}
mod conditions {
    arazzo::arazzo_workflow!("../language/engines/xpath-conditions.yml");
}
mod replacements {
    arazzo::arazzo_workflow!("../language/engines/xpath-replacements.yml");
}
// A value that may be missing for a parameter that must be there is worth a warning; here it is always there.
#[allow(deprecated)]
mod selectors {
    arazzo::arazzo_workflow!("../language/engines/xpath-selectors.yml");
}
#[allow(deprecated)]
mod values {
    arazzo::arazzo_workflow!("../language/engines/xpath-values.yml");
}

use actions::route;
use conditions::{has_books_from_before, has_news, has_no_error, has_root_text};
use replacements::{replace_in_literal, replace_in_output, replace_or_fail};
use selectors::{select_later, select_outputs, select_parameters, select_payload};
use values::{
    at_place, dearer, dearer_than_before, not_titled, titled_among_quotes, titled_in_double_quotes, titled_in_function,
    titled_in_single_quotes,
};

/// Whether a workflow succeeds; if it does not, that is because of a criterion.
macro_rules! passes {
    ($script:expr, $workflow:ident, $inputs:expr) => {{
        match $workflow(&$script.client(), $inputs).await {
            Ok(_) => true,
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
                false
            }
        }
    }};
}

/// Checks a condition against response bodies.
macro_rules! check {
    ($workflow:ident: $($body:expr => $expected:expr),+ $(,)?) => {{
        use conditions::$workflow;
        $(
            let script = catalogue($body);
            let actual = passes!(script, $workflow, $workflow::Inputs::new());
            script.assert_trace(&["GET /catalogue 200"]);
            assert_eq!(actual, $expected, "{} with {}", stringify!($workflow), $body);
        )+
    }};
}

fn catalogue(body: &str) -> Script {
    Script::new()
        .on("GET /catalogue")
        .reply_text(200, "application/xml", body)
}

/// A catalogue of one book.
fn titled(title: &str) -> Script {
    let title = escaped(title);
    catalogue(&format!("<catalogue><book><title>{title}</title></book></catalogue>"))
}

/// A text as it is written in XML, in an element or in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}

/// The text that is written like this in XML.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once(';').expect("a reference ends with a semicolon");
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        result.push(character.expect("the reference is known"));
        result.push_str(after);
    }
    result
}

/// An XML document as JSON: an element is an array of its name, its attributes and its children. White space between
/// elements does not count.
#[track_caller]
fn tree(document: &str) -> Value {
    let mut rest = document.trim();
    if rest.starts_with("<?xml") {
        rest = rest.split_once("?>").expect("the declaration ends").1.trim_start();
    }
    let (root, rest) = element(rest);
    assert!(rest.trim().is_empty(), "`{rest}` follows the root of `{document}`");
    root
}

fn element(text: &str) -> (Value, &str) {
    let text = text.strip_prefix('<').expect("an element starts here");
    let end = text
        .find(|character: char| character.is_whitespace() || matches!(character, '>' | '/'))
        .expect("the tag ends");
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Map::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (json!([name, attributes]), after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let (key, after) = rest.split_once('=').expect("an attribute has a value");
        let after = after.trim_start();
        let quote = if after.starts_with('\'') { '\'' } else { '"' };
        let after = after.strip_prefix(quote).expect("the value is quoted");
        let (value, after) = after.split_once(quote).expect("the value ends");
        assert!(!value.contains('<'), "`{value}` is no value of an attribute");
        attributes.insert(key.trim().to_owned(), json!(unescaped(value)));
        rest = after;
    }
    let mut children = vec![json!(name), Value::Object(attributes)];
    let mut content = String::new();
    loop {
        let (written, _) = rest.split_once('<').expect("the element ends");
        content.push_str(&unescaped(written));
        rest = &rest[written.len()..];
        if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let (raw, after) = after.split_once("]]>").expect("the character data end");
            content.push_str(raw);
            rest = after;
            continue;
        }
        let text = std::mem::take(&mut content);
        if !text.trim().is_empty() {
            children.push(json!(text));
        }
        if let Some(after) = rest.strip_prefix("</") {
            let (closed, after) = after.split_once('>').expect("the tag ends");
            assert_eq!(closed.trim_end(), name);
            return (Value::Array(children), after);
        }
        let (child, after) = element(rest);
        children.push(child);
        rest = after;
    }
}

/// A value with all its numbers as floating point numbers, to compare numbers whatever their Rust type is.
fn levelled(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(elements) => elements.into_iter().map(levelled).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, levelled(value)))
            .collect(),
        other => other,
    }
}

/// Titles that mean something in an expression or in XML.
const TITLES: [&str; 14] = [
    "Dune",
    "",
    "it's",
    "say \"it\"",
    "it's \"both\" 'n' \"\"",
    "'] or true() or ['",
    "\"] or true() or [\"",
    "' or '1'='1",
    "' or \"'\" = \"'",
    "{$inputs.title}",
    "a & <b> ]]>",
    "&apos;&#39;",
    "two\nlines",
    "\u{e9}\u{1f980}",
];

// ---------------------------------------------------------------------------------------------------------------------
// Conditions
// ---------------------------------------------------------------------------------------------------------------------

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

// ---------------------------------------------------------------------------------------------------------------------
// Conditions of actions
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Success Action Object, criteria. A body that is no XML meets none.
#[tokio::test]
async fn expressions_choose_the_success_action() {
    let ended: &[&str] = &["GET /catalogue 200"];
    let told: &[&str] = &["GET /catalogue 200", "POST /report 204"];
    let filled: &[&str] = &["GET /catalogue 200", "POST /restock 204", "POST /report 204"];
    for (body, expected) in [
        ("<catalogue/>", ended),
        (r#"<catalogue open=""><book/><book/></catalogue>"#, told),
        (r#"<catalogue><book/><book/></catalogue>"#, filled),
        (r#"<catalogue open="yes"><book/></catalogue>"#, filled),
        ("<other/>", filled),
        ("<catalogue>", filled),
        ("", filled),
    ] {
        let mut script = catalogue(body);
        for request in expected.iter().skip(1) {
            script = script.on(request.trim_end_matches(" 204")).reply_empty(204);
        }
        route(&script.client(), route::Inputs::new()).await.unwrap();
        script.assert_trace(expected);
    }
}

// Spec, Failure Action Object: `retry` and `goto`, chosen by their criteria in order.
#[tokio::test]
async fn expressions_choose_the_failure_action() {
    let busy = r#"<problem reason="work"><code>late</code><code>busy</code></problem>"#;
    let known = r#"<problem reason="moved"><code>BUSY</code></problem>"#;
    let unknown = r#"<problem reason=""><code>gone</code></problem>"#;
    let xml = "application/xml";
    let script = Script::new()
        .on("GET /catalogue")
        .reply_text(503, xml, busy)
        .on("GET /catalogue")
        .reply_text(503, xml, known)
        .on("POST /report")
        .reply_empty(204);
    route(&script.client(), route::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /catalogue 503",
        "wait 2s",
        "GET /catalogue 503",
        "POST /report 204",
    ]);

    for last in [unknown, "busy"] {
        let script = Script::new()
            .on("GET /catalogue")
            .reply_text(503, xml, busy)
            .on("GET /catalogue")
            .reply_text(503, xml, busy)
            .on("GET /catalogue")
            .reply_text(503, xml, last);
        assert!(!passes!(script, route, route::Inputs::new()));
        script.assert_trace(&[
            "GET /catalogue 503",
            "wait 2s",
            "GET /catalogue 503",
            "wait 2s",
            "GET /catalogue 503",
        ]);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Conditions that are made of values
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "Embedding inside […] a quoted string in a […] XPath condition, is escaped for that literal, so that
// a value can never change the structure around it".
#[tokio::test]
async fn a_value_stays_within_its_quotes() {
    for title in TITLES {
        for (found, expected) in [(title, true), ("other", false)] {
            let script = titled(found);
            let inputs = titled_in_single_quotes::Inputs::new(title);
            let actual = passes!(script, titled_in_single_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}");

            let script = titled(found);
            let inputs = titled_in_double_quotes::Inputs::new(title);
            let actual = passes!(script, titled_in_double_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}");
        }
    }
}

// The same line, where the expression has other quotes, too, and the value is in the middle of its string.
#[tokio::test]
async fn quotes_in_other_strings_do_not_confuse() {
    for title in TITLES {
        let whole = format!("<{title}|{title}>");
        let kind = format!("\"{title}");
        for (mark, kind, found, expected) in [
            ("it's", "none", whole.as_str(), true),
            ("it's", kind.as_str(), whole.as_str(), false),
            ("its", "none", whole.as_str(), false),
            ("it's", "none", "<|>>", false),
        ] {
            let script = catalogue(&format!(
                "<catalogue><book mark=\"{}\" kind=\"{}\"><title>{}</title></book></catalogue>",
                escaped(mark),
                escaped(kind),
                escaped(found),
            ));
            let inputs = titled_among_quotes::Inputs::new(title);
            let actual = passes!(script, titled_among_quotes, inputs);
            assert_eq!(actual, expected, "{title:?} in {found:?}, {kind:?}, {mark:?}");
        }
    }
}

// The same line, in the argument of a function.
#[tokio::test]
async fn a_value_stays_within_its_argument() {
    for (part, expected) in [
        ("it's", true),
        ("\"it's\"", true),
        ("", true),
        ("its", false),
        ("') or contains('x', 'x", false),
        ("', '') or string('x", false),
        ("\"') or true() or contains('x', '", false),
    ] {
        let script = titled("say \"it's\" twice");
        let inputs = titled_in_function::Inputs::new(part);
        assert_eq!(passes!(script, titled_in_function, inputs), expected, "{part:?}");
    }
}

// Spec, Runtime Expressions in Conditions: the second example, with a number from an input and from an output. Semantics,
// Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_number_may_be_embedded_without_quotes() {
    let books = "<catalogue><book><price>9.50</price></book><book><price>8</price></book></catalogue>";
    for (minimum, expected) in [(9.25, true), (9.5, false), (-1.0, true), (10.0, false)] {
        let script = catalogue(books);
        let actual = passes!(script, dearer, dearer::Inputs::new(minimum));
        assert_eq!(actual, expected, "{minimum}");
    }

    for (stock, expected) in [
        (r#"{"minPrice":9}"#, true),
        (r#"{"minPrice":9.40}"#, true),
        (r#"{"minPrice":10}"#, false),
        (r#"{}"#, false),
    ] {
        let script = Script::new()
            .on("GET /stock")
            .reply_json_text(200, stock)
            .on("GET /catalogue")
            .reply_text(200, "application/xml", books);
        let actual = passes!(script, dearer_than_before, dearer_than_before::Inputs::new());
        script.assert_trace(&["GET /stock 200", "GET /catalogue 200"]);
        assert_eq!(actual, expected, "{stock}");
    }
}

// Spec, XPath Conditions: "if the XPath expression is syntactically invalid, the condition MUST evaluate to fail". A value
// outside of quotes is a number or a name; whatever else could change the expression around it fails too.
#[tokio::test]
async fn an_expression_that_a_value_breaks_fails() {
    for (place, expected) in [
        ("1", true),
        ("last()", false),
        ("3", false),
        ("][", false),
        ("'", false),
        ("1 +", false),
        ("", false),
    ] {
        let script = catalogue("<catalogue><book/><book/></catalogue>");
        let actual = passes!(script, at_place, at_place::Inputs::new(place));
        script.assert_trace(&["GET /catalogue 200"]);
        assert_eq!(actual, expected, "{place:?}");
    }
}

// Semantics, Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_value_that_is_not_there_fails() {
    let inputs = not_titled::Inputs::new;
    for (inputs, expected) in [
        (inputs(), false),
        (inputs().title("Emma"), true),
        (inputs().title(""), true),
        (inputs().title("Dune"), false),
    ] {
        let script = titled("Dune");
        assert_eq!(passes!(script, not_titled, inputs), expected);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Selector Objects
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "XPath: an atomic value as it is, one node its string value, several nodes an array of them, none
// absent."
#[tokio::test]
async fn an_output_may_be_what_an_expression_gives() {
    let script = catalogue(
        r#"<?xml version="1.0"?>
        <catalogue currency="EUR">
            <book><title>Dune</title><price>9.50</price></book>
            <book><title>Emma &amp; <![CDATA[<I>]]></title><price>12.75</price></book>
            <blurb> A <b>big</b> hat</blurb>
        </catalogue>"#,
    );
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /catalogue 200"]);
    assert_eq!(json_of(&outputs.titles), json!(["Dune", "Emma & <I>"]));
    assert_eq!(json_of(&outputs.first_title), "Dune");
    assert_eq!(json_of(&outputs.first_text), "Dune");
    assert_eq!(json_of(&outputs.currency), "EUR");
    assert_eq!(json_of(&outputs.blurb), " A big hat");
    assert_eq!(json_of(&outputs.mixed), json!(["Dune", "9.50", "Emma & <I>", "12.75"]));
    assert_eq!(json_of(&outputs.nothing), Value::Null);
    assert_eq!(levelled(json_of(&outputs.count)), json!(2.0));
    assert_eq!(levelled(json_of(&outputs.total)), json!(22.25));
    assert_eq!(json_of(&outputs.text), "Dune in EUR");
    assert_eq!(json_of(&outputs.empty_text), "");
    assert_eq!(json_of(&outputs.several), true);
    assert_eq!(json_of(&outputs.wrong), false);
}

// The same line: one node is no array, no node is no value; atomic values are always there.
#[tokio::test]
async fn one_node_is_a_string_and_no_node_is_no_value() {
    let script = catalogue("<catalogue><book><title>0</title></book></catalogue>");
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.titles), "0");
    assert_eq!(json_of(&outputs.mixed), "0");
    assert_eq!(json_of(&outputs.several), false);

    let script = catalogue("<catalogue><blurb/></catalogue>");
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    for nothing in [
        json_of(&outputs.titles),
        json_of(&outputs.first_title),
        json_of(&outputs.first_text),
        json_of(&outputs.currency),
        json_of(&outputs.mixed),
        json_of(&outputs.nothing),
    ] {
        assert_eq!(nothing, Value::Null);
    }
    assert_eq!(json_of(&outputs.blurb), "");
    assert_eq!(levelled(json_of(&outputs.count)), json!(0.0));
    assert_eq!(levelled(json_of(&outputs.total)), json!(0.0));
    assert_eq!(json_of(&outputs.text), " in ");
    assert_eq!(json_of(&outputs.empty_text), "");
}

// Semantics, Values: "An absent context makes the result absent", even where an atomic value is asked for.
#[tokio::test]
async fn a_context_may_be_an_output_or_an_input() {
    let inputs = select_later::Inputs::new;
    for (inputs, given) in [
        (inputs(), Value::Null),
        (inputs().document("<document/>"), json!("")),
        (inputs().document("<document name='it&apos;s'/>"), json!("it's")),
    ] {
        let script = titled("Emma");
        let outputs = select_later(&script.client(), inputs).await.unwrap();
        assert_eq!(json_of(&outputs.title), "Emma");
        assert_eq!(json_of(&outputs.given), given);
    }
}

// Spec, Parameter Object, value: "a constant, a Runtime Expression, or a Selector Object". XPath 4.2: a number that is an
// integer is written without a decimal point. Semantics, Values: what is absent is left out of optional parameters.
#[tokio::test]
async fn parameters_may_be_what_an_expression_gives() {
    for (word, items) in [
        ("<word>big</word>", "GET /items?sku=b1&sku=b2&limit=2&word=big"),
        ("", "GET /items?sku=b1&sku=b2&limit=2"),
    ] {
        let script = catalogue(&format!(
            r#"<catalogue>{word}<book id="b1"/><book id="b2"/></catalogue>"#
        ))
        .on(items)
        .reply(200, json!({}))
        .on("GET /items/b2")
        .reply(200, json!({}));
        select_parameters(&script.client(), select_parameters::Inputs::new())
            .await
            .unwrap();
        let items = format!("{items} 200");
        script.assert_trace(&["GET /catalogue 200", items.as_str(), "GET /items/b2 200"]);
    }
}

// Spec, Selector Object, examples: "A Step RequestBody example". Semantics, Values: an absent member is left out, an absent
// element is null.
#[tokio::test]
async fn payloads_may_hold_what_an_expression_gives() {
    let inputs = select_payload::Inputs::new;
    for (inputs, expected) in [
        (
            inputs(),
            json!({ "id": "b2", "prices": ["9.50", "1e3"], "sold": false, "list": [null, null] }),
        ),
        (
            inputs().document("<document name=\"x\"/>"),
            json!({ "id": "b2", "prices": ["9.50", "1e3"], "sold": false, "given": "x", "list": [1.0, null] }),
        ),
    ] {
        let script = catalogue(
            r#"<catalogue>
                <book id="b1"><title>Emma</title><price>9.50</price></book>
                <book id="b2"><title>Dune</title><price>1e3</price></book>
            </catalogue>"#,
        )
        .on("POST /echo")
        .header("content-type", "application/json")
        .reply(200, json!({}));
        select_payload(&script.client(), inputs).await.unwrap();
        script.assert_trace(&["GET /catalogue 200", "POST /echo 200"]);
        let sent: Value = serde_json::from_str(&script.body(1)).unwrap();
        assert_eq!(levelled(sent), expected);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Replacements
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Payload Replacement Object: `targetSelectorType`, and without it "`target` MUST be interpreted as XPath Expression
// if the payload is `application/xml`". Whatever the values are, what is sent is XML.
#[tokio::test]
async fn texts_and_attributes_are_replaced() {
    for customer in [
        "Ada",
        "A & <B> \"C\" 'D' ]]>",
        "</customer>",
        "&amp;",
        "{$inputs.copies}",
    ] {
        let script = Script::new()
            .on("POST /imports")
            .header("content-type", "application/xml")
            .reply_text(201, "application/xml", "<done/>");
        replace_in_literal(&script.client(), replace_in_literal::Inputs::new(customer, 3))
            .await
            .unwrap();
        script.assert_trace(&["POST /imports 201"]);
        let expected = json!([
            "order",
            { "currency": "EUR", "source": "web" },
            ["customer", { "vip": "no" }, customer],
            ["line", {}, ["sku", {}, "a"], ["copies", { "unit": "piece" }, "3"]],
            ["line", {}, ["sku", {}, "b"], ["copies", { "unit": format!("\"{customer}\" <&>") }, "3"]],
            ["gift", {}, "true"],
            ["note", {}, "for 3 readers"],
        ]);
        assert_eq!(tree(&script.body(0)), expected, "{}", script.body(0));
    }
}

// Semantics, Requests: "`replacements` apply after the payload is evaluated […]; a target that resolves to nothing is an
// error", which is a failure of the step that goes to `onFailure`.
#[tokio::test]
async fn what_came_from_the_api_is_replaced_where_there_is_a_target() {
    let script = catalogue(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <catalogue price="7 &lt; 8">
            <book open="yes" id="b1"><price>1</price><title>T &amp; U</title></book>
            <book open="no"><price>2</price></book>
            <book open="yes"><price/></book>
        </catalogue>"#,
    )
    .on("POST /imports")
    .header("content-type", "application/xml")
    .reply_text(201, "application/xml", "<done/>");
    replace_in_output(&script.client(), replace_in_output::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /catalogue 200", "POST /imports 201"]);
    let expected = json!([
        "catalogue",
        { "price": "7 < 8" },
        ["book", { "open": "yes", "id": "b1" }, ["price", {}, "7 < 8"], ["title", {}, "T & U"]],
        ["book", { "open": "no" }, ["price", {}, "2"]],
        ["book", { "open": "yes" }, ["price", {}, "7 < 8"]],
    ]);
    assert_eq!(tree(&script.body(1)), expected, "{}", script.body(1));

    for body in [
        r#"<catalogue price="7"><book open="no"><price>2</price></book></catalogue>"#,
        r#"<catalogue price="7"><book open="yes"/></catalogue>"#,
        r#"<catalogue price="7"/>"#,
    ] {
        let script = catalogue(body).on("POST /report").reply_empty(204);
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /catalogue 200", "POST /report 204"]);
    }
}

// The same lines without an action: nothing is sent, and the error says where it happened.
#[tokio::test]
async fn a_target_that_is_not_there_is_an_error() {
    for order in [
        "<order><copies>1</copies></order>",
        "<order ><copies\n></copies >\n</order>",
    ] {
        let script = Script::new()
            .on("POST /imports")
            .reply_text(201, "application/xml", "<done/>");
        replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap();
        script.assert_trace(&["POST /imports 201"]);
        assert_eq!(tree(&script.body(0)), json!(["order", {}, ["copies", {}, "5"]]));
    }

    for order in [
        "<order/>",
        "<Order><copies/></Order>",
        "no order",
        "<order><copies>1</order>",
    ] {
        let script = Script::new();
        let error = replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap_err();
        script.assert_trace(&[]);
        assert!(matches!(error.kind(), ErrorKind::Request), "{order}: {error}");
        assert_eq!(error.step(), Some("send"));
        assert_eq!(error.status(), None);
    }
}
