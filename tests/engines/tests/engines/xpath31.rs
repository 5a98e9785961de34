//! What XPath 3.1 has and XPath 1.0 has not; these documents need the feature `xpath31`.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "XPath" the recommendation XPath 3.1, "semantics" the page that decides where
//! the specification is silent.

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, json_of, passed};
use serde_json::{Value, json};

// Some conditions are odd on purpose, and the compiler may say so.
#[allow(deprecated)]
mod conditions {
    arazzo::arazzo_workflow!("../../../language/engines/xpath31-conditions.yml");
}
mod replacements {
    arazzo::arazzo_workflow!("../../../language/engines/xpath31-replacements.yml");
}
#[allow(deprecated)]
mod selectors {
    arazzo::arazzo_workflow!("../../../language/engines/xpath31-selectors.yml");
}
mod values {
    arazzo::arazzo_workflow!("../../../language/engines/xpath31-values.yml");
}

use replacements::replace_prices;
use selectors::select_outputs;
use values::{not_titled, titled_by_pattern, titled_in_double_quotes, titled_in_single_quotes};

/// Whether a workflow succeeds; if it does not, that is because of a criterion.
macro_rules! passes {
    ($script:expr, $workflow:ident, $inputs:expr) => {
        passed(&$workflow(&$script.client(), $inputs).await)
    };
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
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    catalogue(&format!("<catalogue><book><title>{title}</title></book></catalogue>"))
}

/// A value with all its numbers as floating point numbers, to compare numbers whatever their Rust type is.
fn levelled(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(elements) => elements.into_iter().map(levelled).collect(),
        other => other,
    }
}

// Spec, Criterion Object, type: "If `xpath` the expression MUST conform to XML Path Language 3.1". Braces that hold no
// expression are text.
#[tokio::test]
async fn functions_that_version_1_does_not_have() {
    check!(has_proper_code:
        "<catalogue><code>AB12</code></catalogue>" => true,
        "<catalogue><code>A12</code></catalogue>" => false,
        "<catalogue><code>xAB12</code></catalogue>" => false,
        "<catalogue/>" => false,
    );
    check!(is_open:
        "<catalogue><status>OPEN</status></catalogue>" => true,
        "<catalogue><status>Open</status></catalogue>" => true,
        "<catalogue><status>closed</status></catalogue>" => false,
        "<catalogue/>" => false,
    );
}

// XPath 4.9 to 4.11 and 4.6: quantified, conditional and `let` expressions, comparisons with sequences.
#[tokio::test]
async fn expressions_that_version_1_does_not_have() {
    check!(has_only_dear_books:
        "<a><book><price>6</price></book><book><price>10</price></book></a>" => true,
        "<a><book><price>6</price></book><book><price>5.0</price></book></a>" => false,
        "<a><book><price>6</price></book><book/></a>" => false,
        "<a/>" => true,
    );
    check!(has_open_dear_book:
        r#"<a><book open="no"><price>6</price></book><book open="yes"><price>10</price></book></a>"# => true,
        r#"<a><book open="no"><price>6</price></book><book open="yes"><price>1</price></book></a>"# => false,
        r#"<a/>"# => false,
    );
    check!(has_wanted_id:
        r#"<a><book id="b2"/><book id="b7"/></a>"# => true,
        r#"<a><book id="b2"/><book id="B1"/></a>"# => false,
    );
    check!(has_books_and_no_error:
        "<a><book/></a>" => true,
        "<a><book/><error/></a>" => false,
        "<a/>" => false,
    );
}

// Spec, Expression Type Object: the versions `xpath-31`, `xpath-30` and `xpath-20`.
#[tokio::test]
async fn versions_that_are_written_down() {
    check!(has_two_or_three:
        "<a><book/><book/></a>" => true,
        "<a><book/></a>" => false,
        "<a><book/><book/><book/><book/></a>" => false,
    );
    check!(has_shop_book:
        r#"<s:shelf xmlns:s="urn:shop"><s:book/></s:shelf>"# => true,
        r#"<shelf><book xmlns="urn:shop"/></shelf>"# => true,
        r#"<shelf><book/></shelf>"# => false,
        r#"<s:shelf xmlns:s="urn:other"><s:book/></s:shelf>"# => false,
    );
    check!(has_emma:
        "<a><title>Dune</title><title>EMMA</title></a>" => true,
        "<a><title>Dune</title></a>" => false,
        "<a/>" => false,
    );
    check!(has_maximum:
        "<a><price>9</price><price>12.50</price></a>" => true,
        "<a><price>13</price><price>12.5</price></a>" => false,
        "<a/>" => false,
    );
}

// XPath 2.4.3, effective boolean value: an empty sequence is false, one that starts with a node is true, one atomic value is
// what it is, several are an error. Spec, Evaluation Errors: "Runtime evaluation errors (e.g., division by zero […]). Then
// the condition MUST evaluate to fail".
#[tokio::test]
async fn sequences_and_errors() {
    check!(returns_titles:
        "<a><book><title>Dune</title></book></a>" => true,
        "<a><book><title/></book></a>" => false,
        "<a/>" => false,
        "<a><book><title>Dune</title></book><book><title>Emma</title></book></a>" => false,
    );
    check!(has_note_or_zero:
        "<a><note/></a>" => true,
        "<a/>" => false,
    );
    check!(shares:
        "<a><book/><book/><book/></a>" => true,
        "<a/>" => false,
    );
}

// The same lines: `string` takes at most one node, but in XPath 1.0 the first of any number.
#[tokio::test]
async fn every_version_has_its_own_rules() {
    check!(reads_title:
        "<a><title>Dune</title></a>" => true,
        "<a><title/></a>" => false,
        "<a/>" => false,
        "<a><title>Dune</title><title>Emma</title></a>" => false,
    );
    check!(reads_title_in_version_1:
        "<a><title>Dune</title></a>" => true,
        "<a><title>Dune</title><title>Emma</title></a>" => true,
        "<a><title/><title>Emma</title></a>" => false,
        "<a/>" => false,
    );
}

// Spec, Evaluation Errors: "Invalid context".
#[tokio::test]
async fn a_body_that_is_no_xml_fails() {
    use conditions::has_only_dear_books;
    for (content_type, body) in [
        ("application/xml", "no book"),
        ("application/xml", ""),
        ("application/xml", "<a>"),
        ("application/json", r#"{"book":[]}"#),
    ] {
        let script = Script::new().on("GET /catalogue").reply_text(200, content_type, body);
        let inputs = has_only_dear_books::Inputs::new();
        assert!(!passes!(script, has_only_dear_books, inputs), "{content_type}: {body}");
        script.assert_trace(&["GET /catalogue 200"]);
    }
}

// Semantics, Values: "Embedding inside […] a quoted string in a […] XPath condition, is escaped for that literal, so that
// a value can never change the structure around it".
#[tokio::test]
async fn a_value_stays_within_its_quotes() {
    for title in [
        "dune",
        "",
        "it's",
        "''",
        "say \"it\" & 'so'",
        "'] or true() or ['",
        "' or '1'='1",
        "\" or \"1\"=\"1",
        "&#39;",
        "{1}{$x}",
    ] {
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

// The same line, of a pattern: the string is escaped, the pattern is not, and one that is invalid fails. Semantics,
// Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_value_may_be_a_pattern_or_missing() {
    for (pattern, title, expected) in [
        (r"^D.n[a-e]$", "Dune", true),
        (r"^\w{4}$", "Dune", true),
        (r"^\w{4}$", "Dunes", false),
        ("it'?s", "it's", true),
        ("it''s", "it's", false),
        ("') or matches('x', 'x", "Dune", false),
        ("(", "(", false),
    ] {
        let script = titled(title);
        let inputs = titled_by_pattern::Inputs::new(pattern);
        assert_eq!(
            passes!(script, titled_by_pattern, inputs),
            expected,
            "{pattern} on {title}"
        );
    }

    let inputs = not_titled::Inputs::new;
    for (inputs, expected) in [
        (inputs(), false),
        (inputs().title("Emma"), true),
        (inputs().title("Dune"), false),
    ] {
        let script = titled("Dune");
        assert_eq!(passes!(script, not_titled, inputs), expected);
    }
}

// Semantics, Values: "XPath: an atomic value as it is, one node its string value, several nodes an array of them, none
// absent."
#[tokio::test]
async fn an_output_may_be_a_sequence() {
    let script = catalogue(
        r#"<catalogue currency="eur">
            <book lang="en"><title>Dune</title><price>9.50</price></book>
            <book lang="fr"><title>Emma</title><price>12.75</price></book>
            <book lang="en"><title>Ulysses</title><price>0.5</price></book>
            <words>a, b,c</words>
            <date>05/2024</date>
        </catalogue>"#,
    );
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /catalogue 200"]);
    assert_eq!(json_of(&outputs.joined), "Dune, Emma, Ulysses");
    assert_eq!(json_of(&outputs.lowered), json!(["dune", "emma", "ulysses"]));
    assert_eq!(levelled(json_of(&outputs.numbers)), json!([1.0, 2.0]));
    assert_eq!(levelled(json_of(&outputs.mixed)), json!([3.0, "x", false]));
    assert_eq!(levelled(json_of(&outputs.range)), json!([1.0, 2.0, 3.0]));
    assert_eq!(json_of(&outputs.words), json!(["a", "b", "c"]));
    let languages = json_of(&outputs.languages);
    let languages = languages.as_array().expect("there are two languages");
    assert_eq!(languages.len(), 2, "{languages:?}");
    assert!(languages.contains(&json!("en")), "{languages:?}");
    assert!(languages.contains(&json!("fr")), "{languages:?}");
    assert_eq!(json_of(&outputs.date), "2024-05");
    assert_eq!(json_of(&outputs.upper), "EUR");
    assert_eq!(
        json_of(&outputs.described),
        json!(["Dune at 9.50", "Emma at 12.75", "Ulysses at 0.5"])
    );
    assert_eq!(json_of(&outputs.size), "many");
    assert_eq!(levelled(json_of(&outputs.count)), json!(3.0));
    // How many digits a decimal has is for the engine to say (XPath 3.1, 2.3.5 of XDM).
    let average = json_of(&outputs.average).as_f64().expect("a number");
    assert!((average - 91.0 / 12.0).abs() < 1e-12, "{average}");
    assert_eq!(json_of(&outputs.nodes), json!(["Emma", "Ulysses"]));
    assert_eq!(json_of(&outputs.nothing), Value::Null);
    assert_eq!(json_of(&outputs.no_errors), Value::Null);
}

// The same line: one item is no array.
#[tokio::test]
async fn a_sequence_of_one_item_is_that_item() {
    let script = catalogue(
        r#"<catalogue><book lang="en"><title>Dune</title><price>9.5</price></book><words>a</words></catalogue>"#,
    );
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.joined), "Dune");
    assert_eq!(json_of(&outputs.lowered), "dune");
    assert_eq!(levelled(json_of(&outputs.range)), json!(1.0));
    assert_eq!(json_of(&outputs.words), "a");
    assert_eq!(json_of(&outputs.languages), "en");
    assert_eq!(json_of(&outputs.date), "");
    assert_eq!(json_of(&outputs.upper), "");
    assert_eq!(json_of(&outputs.described), "Dune at 9.5");
    assert_eq!(json_of(&outputs.size), "few");
    assert_eq!(levelled(json_of(&outputs.average)), json!(9.5));
    assert_eq!(json_of(&outputs.nodes), Value::Null);
}

// Spec, Payload Replacement Object: `targetSelectorType` as an Expression Type Object.
#[tokio::test]
async fn a_target_may_need_version_3() {
    let script = Script::new()
        .on("POST /imports")
        .header("content-type", "application/xml")
        .reply_text(201, "application/xml", "<done/>");
    let order = "<order><name>a</name><name>b</name><price code=\"A12\">1</price><price code=\"B12\">2</price>\
        <price code=\"A13\">3</price></order>";
    replace_prices(&script.client(), replace_prices::Inputs::new(order))
        .await
        .unwrap();
    script.assert_trace(&["POST /imports 201"]);
    let sent = script.body(0).replace('\'', "\"");
    for part in [
        "<name>a</name>",
        "<price code=\"A12\">a+b</price>",
        "<price code=\"B12\">2</price>",
        "<price code=\"A13\">a+b</price>",
    ] {
        assert!(sent.contains(part), "`{part}` in {sent}");
    }

    let script = Script::new();
    let order = "<order><name>a</name><price code=\"B12\">2</price></order>";
    let error = replace_prices(&script.client(), replace_prices::Inputs::new(order))
        .await
        .unwrap_err();
    script.assert_trace(&[]);
    assert!(matches!(error.kind(), ErrorKind::Request), "{error}");
    assert_eq!(error.step(), Some("send"));
}
