//! JSONPath of every kind: conditions of steps and actions, Selector Objects, and the targets of replacements.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "RFC" is RFC 9535, "semantics" the page that decides where both are silent.

mod script;

use arazzo::ErrorKind;
use script::{Script, json_of};
use serde_json::{Value, json};

mod actions {
    arazzo::arazzo_workflow!("../language/engines/jsonpath-actions.yml");
}
// Filters on the members of objects are worth a warning; here they are the point.
#[allow(deprecated)]
mod conditions {
    arazzo::arazzo_workflow!("../language/engines/jsonpath-conditions.yml");
}
mod replacements {
    arazzo::arazzo_workflow!("../language/engines/jsonpath-replacements.yml");
}
// A value that may be missing for a parameter that must be there is worth a warning; here it is always there.
#[allow(deprecated)]
mod selectors {
    arazzo::arazzo_workflow!("../language/engines/jsonpath-selectors.yml");
}
#[allow(deprecated)]
mod values {
    arazzo::arazzo_workflow!("../language/engines/jsonpath-values.yml");
}

use actions::route;
use conditions::{has_all_three, has_items, has_open_in_part, has_wish_in_stock};
use replacements::{replace_in_literal, replace_in_output, replace_in_text, replace_or_fail};
use selectors::{
    select_by_functions, select_orders, select_outputs, select_parameters, select_payload, select_whole_payload,
};
use values::{
    by_index, by_object, by_pattern, by_values_without_quotes, by_what_came, member_by_name, named_among_quotes,
    named_in_double_quotes, named_in_single_quotes, not_named,
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
            let script = stock($body);
            let actual = passes!(script, $workflow, $workflow::Inputs::new());
            script.assert_trace(&["GET /stock 200"]);
            assert_eq!(actual, $expected, "{} with {}", stringify!($workflow), $body);
        )+
    }};
}

fn stock(body: &str) -> Script {
    Script::new().on("GET /stock").reply_json_text(200, body)
}

fn stocked(body: &Value) -> Script {
    stock(&body.to_string())
}

/// A JSON text without the spaces between its tokens; only for texts without spaces in their strings.
fn dense(text: &str) -> String {
    text.split_whitespace().collect()
}

/// An array with its elements in the order of their texts.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(mut elements) => {
            elements.sort_by_key(Value::to_string);
            Value::Array(elements)
        }
        other => other,
    }
}

/// Texts that mean something in a query.
const NAMES: [&str; 14] = [
    "Dune",
    "",
    "it's",
    "say \"it\"",
    r"\",
    r"\'",
    r#"back\\slash\"quote"#,
    r"\u0041",
    "' || @.name != '",
    "\" || @.name != \"",
    "'] || $['items",
    "{$inputs.name}",
    "two\nlines\tand\u{1}more",
    "\u{e9}\u{2028}\u{1f980}",
];

// ---------------------------------------------------------------------------------------------------------------------
// Conditions
// ---------------------------------------------------------------------------------------------------------------------

// Spec, JSONPath Conditions: "A condition passes (truthy) when the JSONPath expression returns a non-empty nodelist";
// what the nodes hold does not count. RFC 2.3.2: a wildcard selects all children of an object or array.
#[tokio::test]
async fn a_wildcard_selects_every_child() {
    check!(has_items:
        r#"{"items":[1]}"# => true,
        r#"{"items":[false]}"# => true,
        r#"{"items":[null]}"# => true,
        r#"{"items":{"a":""}}"# => true,
        r#"{"items":[]}"# => false,
        r#"{"items":{}}"# => false,
        r#"{"items":"ab"}"# => false,
        r#"{"items":true}"# => false,
        r#"{"Items":[1]}"# => false,
        r#"[[1]]"# => false,
    );
}

// RFC 2.3.4: `start:end:step` counts the elements of arrays, from their end where negative.
#[tokio::test]
async fn a_slice_selects_elements() {
    check!(has_second_or_third:
        r#"{"items":[0]}"# => false,
        r#"{"items":[0,false]}"# => true,
        r#"{"items":[]}"# => false,
        r#"{"items":{"1":1,"2":2}}"# => false,
        r#"{"items":"abc"}"# => false,
    );
    check!(has_every_other_from_the_end:
        r#"{"items":[0]}"# => false,
        r#"{"items":[0,1]}"# => true,
    );
}

// Spec, Criterion Object, examples: `$[?count(@.pets) > 0]`. Semantics, Criteria: "plain RFC 9535 over the body as it
// is". RFC 2.3.5.2.1: the filter tests the members of an object, not the object.
#[tokio::test]
async fn a_filter_tests_the_children_of_the_body() {
    check!(has_counted_items:
        r#"{"items":[1,2]}"# => false,
        r#"{"a":{"items":[]}}"# => true,
        r#"{"a":1,"b":{"items":null}}"# => true,
        r#"{"items":{"items":0}}"# => true,
        r#"[{},{"items":[]}]"# => true,
        r#"[[{"items":[]}]]"# => false,
        r#"{}"# => false,
        r#"[]"# => false,
        r#""items""# => false,
    );
}

// RFC 2.3.5.2.2: comparisons of different types are false, numbers are compared by their value; a test of existence
// does not look at the value.
#[tokio::test]
async fn a_filter_compares_and_tests_for_existence() {
    check!(has_large_order:
        r#"{"orders":[{"total":10.5}]}"# => true,
        r#"{"orders":[{"total":1.1e1}]}"# => true,
        r#"{"orders":{"x":{"total":11}}}"# => true,
        r#"{"orders":[{"total":10.0}]}"# => false,
        r#"{"orders":[{"total":"11"}]}"# => false,
        r#"{"orders":[{"total":11,"cancelled":false}]}"# => false,
        r#"{"orders":[{"total":11,"cancelled":null}]}"# => false,
        r#"{"orders":[{"total":11,"cancelled":true},{"total":12}]}"# => true,
        r#"{"orders":[{}]}"# => false,
    );
}

// RFC 2.3.5.2.2: equality is deep and exact, what is not there equals only what is not there.
#[tokio::test]
async fn what_is_equal_in_a_filter() {
    check!(has_even_pair:
        r#"[{"a":1,"b":1.0}]"# => true,
        r#"[{"a":[1,{"x":"y"}],"b":[1,{"x":"y"}]}]"# => true,
        r#"[{"a":{"x":1,"y":2},"b":{"y":2,"x":1}}]"# => true,
        r#"[{}]"# => true,
        r#"[7]"# => true,
        r#"[{"a":null,"b":null}]"# => true,
        r#"[{"a":null}]"# => false,
        r#"[{"a":"x","b":"X"}]"# => false,
        r#"[{"a":1,"b":"1"}]"# => false,
        r#"[{"a":true,"b":"true"}]"# => false,
        r#"[{"a":[1,2],"b":[2,1]}]"# => false,
        r#"[]"# => false,
    );
    check!(has_uneven_pair:
        r#"[{}]"# => false,
        r#"[{"a":1}]"# => true,
        r#"[{"a":1,"b":"1"}]"# => true,
        r#"[{"a":1,"b":1.0}]"# => false,
    );
}

// RFC 2.4.4: `length` counts the characters of strings, the elements of arrays, the members of objects.
#[tokio::test]
async fn the_function_length() {
    check!(has_long_name:
        r#"[{"name":"abc"}]"# => true,
        r#"[{"name":"\u00e4\u00f6\u00fc"}]"# => true,
        r#"[{"name":"\ud83e\udd80\ud83e\udd80"}]"# => false,
        r#"[{"name":[1,2,3]}]"# => true,
        r#"[{"name":{"a":1,"b":2,"c":3}}]"# => true,
        r#"[{"name":{"a":1,"b":2}}]"# => false,
        r#"[{"name":1000}]"# => false,
        r#"[{"name":null}]"# => false,
        r#"[{}]"# => false,
    );
}

// RFC 2.4.5 and 2.4.8: `count` counts nodes, `value` gives the value of a single one and otherwise nothing.
#[tokio::test]
async fn the_functions_count_and_value() {
    check!(has_two_descendants:
        r#"[[1,2]]"# => true,
        r#"[{"a":[1]}]"# => true,
        r#"[[1,[2]]]"# => false,
        r#"[1]"# => false,
        r#"{"a":{"b":1,"c":2}}"# => true,
    );
    check!(has_one_price_of_five:
        r#"[{"price":5}]"# => true,
        r#"[{"x":[{"price":5.0}]}]"# => true,
        r#"[{"a":{"price":5},"b":{"price":5}}]"# => false,
        r#"[{"price":4}]"# => false,
        r#"[{}]"# => false,
    );
}

// RFC 2.4.6 and 2.4.7: `match` is about the whole string, `search` about any part of it; other types do not match. Braces
// that hold no expression are the pattern's.
#[tokio::test]
async fn the_functions_match_and_search() {
    check!(has_matching_sku:
        r#"[{"sku":"AB12"}]"# => true,
        r#"[{"sku":"AB1"}]"# => false,
        r#"[{"sku":"xAB12"}]"# => false,
        r#"[{"sku":"AB12x"}]"# => false,
        r#"[{"sku":"ab12"}]"# => false,
        r#"[{"sku":12}]"# => false,
        r#"[{}]"# => false,
    );
    check!(has_found_sku:
        r#"[{"sku":"xAB1x"}]"# => true,
        r#"[{"sku":"AB"}]"# => false,
        r#"[{"sku":["B1"]}]"# => false,
    );
}

// RFC 2.5.2: a descendant segment visits the root and everything below it.
#[tokio::test]
async fn a_descendant_segment_looks_at_every_level() {
    check!(has_code_anywhere:
        r#"{"errors":[{"code":"E1"}]}"# => true,
        r#"[[[{"x":{"code":"E1"}}]]]"# => true,
        r#"{"first":{"code":"E1"}}"# => true,
        r#"{"code":"E1"}"# => false,
        r#"{"errors":[{"code":"E2"}]}"# => false,
        r#"{"errors":["E1"]}"# => false,
    );
}

// RFC 2.5.1: the nodelists of several selectors are joined. 2.3.5: `$` in a filter is the whole body; filters nest.
#[tokio::test]
async fn unions_the_root_and_filters_in_filters() {
    check!(has_first_of_either:
        r#"{"b":[1]}"# => true,
        r#"{"a":{"name":null}}"# => true,
        r#"{"a":{"0":1},"b":[]}"# => false,
        r#"{"c":[1]}"# => false,
    );
    check!(has_wanted_line:
        r#"{"wanted":"x","lines":[{"sku":"y"},{"sku":"x"}]}"# => true,
        r#"{"wanted":"x","lines":[{"sku":"X"}]}"# => false,
        r#"{"lines":[{}]}"# => true,
        r#"{"wanted":"x","lines":[{}]}"# => false,
    );
    check!(has_nested_filter:
        r#"{"orders":[{"lines":[{"sku":"a","copies":2}]}]}"# => true,
        r#"{"orders":[{"lines":[{"sku":"a","copies":1,"gift":false}]}]}"# => true,
        r#"{"orders":[{"lines":[{"sku":"a","copies":1},{"sku":"b","copies":2}]}]}"# => false,
        r#"{"orders":[{"lines":[]}]}"# => false,
    );
}

// RFC 2.3.1: escapes in strings. Semantics, Criteria: "`{…}` is an embedding only where `{$` starts a valid expression
// that `}` ends; otherwise it is text".
#[tokio::test]
async fn strings_in_a_query() {
    check!(has_odd_name:
        r#"[{"name":"Tom's \"café\""}]"# => true,
        r#"[{"a b":"\t"}]"# => true,
        r#"[{"name":"Tom's café"}]"# => false,
        r#"[{"a b":"\\t"}]"# => false,
    );
    check!(has_braced_name:
        r#"[{"name":"{name}"}]"# => true,
        r#"[{"name":"{$}"}]"# => true,
        r#"[{"name":"{$5.00}"}]"# => true,
        r#"[{"name":"name"}]"# => false,
        r#"[{"name":""}]"# => false,
    );
}

// Spec, JSONPath Conditions: "If the `context` evaluates to `null` or `undefined` […] the condition MUST evaluate to
// fail"; Evaluation Errors: "Invalid context (e.g., applying JSONPath to non-JSON data)".
#[tokio::test]
async fn a_context_that_is_not_there_or_no_json_fails() {
    for script in [
        stock("null"),
        Script::new().on("GET /stock").reply_empty(200),
        Script::new()
            .on("GET /stock")
            .reply_text(200, "text/plain", r#"{"items":[1]} or so"#),
    ] {
        assert!(!passes!(script, has_items, has_items::Inputs::new()));
        script.assert_trace(&["GET /stock 200"]);
    }
}

// Spec, Criterion Object, context: "A Runtime Expression used to set the context for the condition to be applied on";
// Expression Type Object: the version `rfc9535`.
#[tokio::test]
async fn a_query_is_applied_to_its_context() {
    for (body, expected) in [
        (r#"{"data":[{"orders":[{"open":false},{"open":true}]}]}"#, true),
        (r#"{"data":[{"orders":[{"open":false}]}]}"#, false),
        (r#"{"data":[{},{"orders":[{"open":true}]}]}"#, false),
        (r#"{"orders":[{"open":true}]}"#, false),
        (r#"{"data":[null]}"#, false),
    ] {
        let script = stock(body);
        let actual = passes!(script, has_open_in_part, has_open_in_part::Inputs::new());
        assert_eq!(actual, expected, "{body}");
    }

    for (body, basket, expected) in [
        (r#"{"items":[{"free":1}]}"#, json!([{ "wish": null }]), true),
        (r#"{"items":[{"free":0}]}"#, json!([{ "wish": true }]), false),
        (r#"{"items":[{"free":1}]}"#, json!({ "wish": true }), false),
        (r#"{"items":[{"free":1}]}"#, Value::Null, false),
    ] {
        let script = stock(body).on("GET /wishes").reply(200, json!({}));
        let inputs = has_wish_in_stock::Inputs::new(basket);
        let actual = passes!(script, has_wish_in_stock, inputs);
        script.assert_trace(&["GET /stock 200", "GET /wishes 200"]);
        assert_eq!(actual, expected, "{body}");
    }
}

// Spec, Multiple Criteria: "all conditions MUST evaluate to pass". A false total is there.
#[tokio::test]
async fn every_criterion_must_pass() {
    for (status, body, expected) in [
        (200, r#"{"items":[0],"total":false}"#, true),
        (200, r#"{"items":[0]}"#, false),
        (200, r#"{"items":[],"total":1}"#, false),
        (503, r#"{"items":[0],"total":1}"#, false),
    ] {
        let script = Script::new().on("GET /stock").reply_json_text(status, body);
        let actual = passes!(script, has_all_three, has_all_three::Inputs::new());
        assert_eq!(actual, expected, "{status} {body}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Conditions of actions
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Success Action Object, criteria: "All criteria assertions MUST be satisfied for the action to be executed";
// semantics, Steps and control flow: "No success action: next step".
#[tokio::test]
async fn queries_choose_the_success_action() {
    let ended: &[&str] = &["GET /stock 200"];
    let told: &[&str] = &["GET /stock 200", "POST /report 204"];
    let filled: &[&str] = &["GET /stock 200", "POST /restock 204", "POST /report 204"];
    for (body, expected) in [
        (r#"{"state":{"done":true},"items":[{"open":true},{}]}"#, ended),
        (r#"[0,{"done":true}]"#, ended),
        (r#"{"done":true}"#, filled),
        (r#"{"items":[{"open":true},{}]}"#, told),
        (r#"{"items":[{"open":true}]}"#, filled),
        (r#"{"items":[{},{"open":"true"}]}"#, filled),
        ("null", filled),
    ] {
        let mut script = stock(body);
        for request in expected.iter().skip(1) {
            script = script.on(request.trim_end_matches(" 204")).reply_empty(204);
        }
        route(&script.client(), route::Inputs::new()).await.unwrap();
        script.assert_trace(expected);
    }
}

// Spec, Failure Action Object: `retry` and `goto`, chosen by their criteria in order.
#[tokio::test]
async fn queries_choose_the_failure_action() {
    let busy = json!({ "errors": [{ "code": "late" }, { "code": "busy" }], "cause": { "reason": "moving" } });
    let moved = json!({ "errors": [], "causes": [[{ "reason": "it moved away" }]] });
    let script = Script::new()
        .on("GET /stock")
        .reply(503, busy.clone())
        .on("GET /stock")
        .reply(503, busy.clone())
        .on("GET /stock")
        .reply(503, moved)
        .on("POST /report")
        .reply_empty(204);
    route(&script.client(), route::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /stock 503",
        "wait 2s",
        "GET /stock 503",
        "wait 2s",
        "GET /stock 503",
        "POST /report 204",
    ]);

    let script = Script::new()
        .on("GET /stock")
        .reply(503, busy)
        .on("GET /stock")
        .reply(503, json!({ "errors": { "a": { "code": "BUSY" } }, "reason": "moved" }));
    assert!(!passes!(script, route, route::Inputs::new()));
    script.assert_trace(&["GET /stock 503", "wait 2s", "GET /stock 503"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Conditions that are made of values
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "Embedding inside […] a quoted string in a JSONPath […] condition, is escaped for that literal, so
// that a value can never change the structure around it".
#[tokio::test]
async fn a_value_stays_within_its_quotes() {
    for name in NAMES {
        for (found, expected) in [(name, true), ("other", false)] {
            let body = json!({ "items": [{ "name": found }] });
            let script = stocked(&body);
            let inputs = named_in_single_quotes::Inputs::new(name);
            assert_eq!(
                passes!(script, named_in_single_quotes, inputs),
                expected,
                "{name:?} in {body}"
            );

            let script = stocked(&body);
            let inputs = named_in_double_quotes::Inputs::new(name);
            assert_eq!(
                passes!(script, named_in_double_quotes, inputs),
                expected,
                "{name:?} in {body}"
            );
        }
    }
}

// The same line, where the query has other quotes, too, and the value is in the middle of its string.
#[tokio::test]
async fn quotes_in_other_strings_do_not_confuse() {
    for name in NAMES {
        let whole = format!("<{name}|{name}>");
        let mark = format!("isn't \"{name}");
        for (kind, mark, found, expected) in [
            ("it's", "none", whole.as_str(), true),
            ("it's", mark.as_str(), whole.as_str(), false),
            ("its", "none", whole.as_str(), false),
            ("it's", "none", "<|>>", false),
        ] {
            let body = json!({ "items": [{ "kind": kind, "mark": mark, "name": found }] });
            let script = stocked(&body);
            let inputs = named_among_quotes::Inputs::new(name);
            assert_eq!(
                passes!(script, named_among_quotes, inputs),
                expected,
                "{name:?} in {body}"
            );
        }
    }
}

// The same line, for the name of a member and for a pattern: of the latter, the string is escaped and the pattern is not.
#[tokio::test]
async fn a_value_may_be_a_name_or_a_pattern() {
    for key in NAMES {
        let mut body = json!({ "items": [] });
        body[key] = json!([1]);
        let script = stocked(&body);
        assert!(
            passes!(script, member_by_name, member_by_name::Inputs::new(key)),
            "{key:?} in {body}"
        );

        let script = stocked(&json!({ "items": [1], "other": [1] }));
        assert!(
            !passes!(script, member_by_name, member_by_name::Inputs::new(key)),
            "{key:?}"
        );
    }

    for (pattern, name, expected) in [
        ("a.c", "abc", true),
        ("a.c", "abbc", false),
        (r"1\.5", "1.5", true),
        (r"1\.5", "1x5", false),
        ("[it']+s", "it's", true),
        (r#"".*""#, r#""x""#, true),
        ("(", "(", false),
    ] {
        let script = stocked(&json!([{ "name": name }]));
        let inputs = by_pattern::Inputs::new(pattern);
        assert_eq!(passes!(script, by_pattern, inputs), expected, "{pattern} on {name}");
    }
}

// Spec, Runtime Expressions in Conditions: "evaluated and converted to strings"; semantics, Values: "number and boolean in
// JSON spelling, null as `null`, object and array as compact JSON".
#[tokio::test]
async fn values_of_other_types_are_embedded_as_json() {
    for (item, expected) in [
        (json!({ "price": 9.5, "open": true, "nothing": null }), true),
        (json!({ "price": 10, "open": true, "nothing": null }), false),
        (json!({ "price": 9.5, "open": "true", "nothing": null }), false),
        (json!({ "price": 9.5, "open": true, "nothing": "null" }), false),
        (json!({ "price": 9.5, "open": true }), false),
    ] {
        let script = stocked(&json!([item]));
        let inputs = by_values_without_quotes::Inputs::new(10.0, true, Value::Null);
        assert_eq!(passes!(script, by_values_without_quotes, inputs), expected, "{item}");
    }

    for (thing, text) in [
        (json!({ "a": [1, "it's", null] }), r#"It is {"a":[1,"it's",null]}."#),
        (json!(["\\\""]), r#"It is ["\\\""]."#),
        (json!("it's"), "It is it's."),
        (json!(false), "It is false."),
        (json!(12), "It is 12."),
    ] {
        for (text, expected) in [(text, true), ("It is .", false)] {
            let script = stocked(&json!([{ "text": text }]));
            let inputs = by_object::Inputs::new(thing.clone());
            assert_eq!(passes!(script, by_object, inputs), expected, "{thing} in {text}");
        }
    }
}

// Spec, JSONPath Conditions: "if the JSONPath expression is syntactically invalid, the condition MUST evaluate to fail".
#[tokio::test]
async fn a_query_that_a_value_breaks_fails() {
    for (index, expected) in [
        ("1", true),
        ("-1", true),
        ("2", false),
        ("][", false),
        ("'", false),
        ("", false),
    ] {
        let script = stock(r#"{"items":[0,0]}"#);
        let inputs = by_index::Inputs::new(index);
        assert_eq!(passes!(script, by_index, inputs), expected, "{index:?}");
        script.assert_trace(&["GET /stock 200"]);
    }
}

// Semantics, Criteria: "An absent value in such an embedding makes the criterion fail."
#[tokio::test]
async fn a_value_that_is_not_there_fails() {
    let inputs = not_named::Inputs::new;
    for (inputs, body, expected) in [
        (inputs(), r#"{"items":[{"name":"a"}]}"#, false),
        (inputs().name("b"), r#"{"items":[{"name":"a"}]}"#, true),
        (inputs().name("a"), r#"{"items":[{"name":"a"}]}"#, false),
        (inputs().name(""), r#"{"items":[{"name":"a"}]}"#, true),
    ] {
        let script = stock(body);
        assert_eq!(passes!(script, not_named, inputs), expected, "{body}");
    }
}

// Spec, Runtime Expressions in Conditions: any runtime expression may be embedded, here an output and parts of the answer
// that the criterion is about.
#[tokio::test]
async fn what_came_from_the_api_may_be_embedded() {
    for (before, body, expected) in [
        (
            r#"{"limit":3}"#,
            r#"{"wanted":"it's","items":[{"sku":"it's","copies":3}],"codes":[404,200]}"#,
            true,
        ),
        (
            r#"{"limit":2}"#,
            r#"{"wanted":"it's","items":[{"sku":"it's","copies":3}],"codes":[404,200]}"#,
            false,
        ),
        (
            r#"{"limit":3}"#,
            r#"{"wanted":"b","items":[{"sku":"it's","copies":3}],"codes":[404,200]}"#,
            false,
        ),
        (
            r#"{"limit":3}"#,
            r#"{"wanted":"it's","items":[{"sku":"it's","copies":3}],"codes":["200"]}"#,
            false,
        ),
        (
            r#"{"limit":3}"#,
            r#"{"items":[{"sku":"","copies":3}],"codes":[200]}"#,
            false,
        ),
        (
            r#"{}"#,
            r#"{"wanted":"it's","items":[{"sku":"it's","copies":3}],"codes":[404,200]}"#,
            false,
        ),
    ] {
        let script = stock(before).on("GET /wishes").reply_json_text(200, body);
        let actual = passes!(script, by_what_came, by_what_came::Inputs::new());
        script.assert_trace(&["GET /stock 200", "GET /wishes 200"]);
        assert_eq!(actual, expected, "{before} {body}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Selector Objects
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "a singular query (RFC 9535) gives its value or is absent, any other gives the array of what it
// selects". RFC 2.5.1: a node that several selectors select is there several times.
#[tokio::test]
async fn an_output_may_be_all_that_a_query_selects() {
    let script = stocked(&json!({
        "items": [
            { "sku": "a", "price": 9.5, "note": "x", "code": 1 },
            { "sku": "b", "price": 10, "parts": [{ "code": 2 }, { "code": 3 }] },
            { "sku": "c", "price": 0.5, "note": null },
            { "sku": "d", "price": "9", "note": false },
        ],
        "part": [1, [2]],
    }));
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200"]);
    assert_eq!(json_of(&outputs.all), json!(["a", "b", "c", "d"]));
    assert_eq!(json_of(&outputs.middle), json!(["b", "c"]));
    assert_eq!(json_of(&outputs.backwards), json!(["d", "c", "b", "a"]));
    assert_eq!(json_of(&outputs.every_other), json!(["a", "c"]));
    assert_eq!(json_of(&outputs.last_two), json!(["c", "d"]));
    assert_eq!(json_of(&outputs.twice), json!(["c", "a", "a"]));
    assert_eq!(json_of(&outputs.pair), json!(["a", 9.5]));
    assert_eq!(json_of(&outputs.cheap), json!(["a", "c"]));
    assert_eq!(json_of(&outputs.dear), json!([]));
    assert_eq!(json_of(&outputs.nowhere), json!([]));
    assert_eq!(json_of(&outputs.notes), json!(["x", null, false]));
    assert_eq!(sorted(json_of(&outputs.deep)), json!([1, 2, 3]));
    assert_eq!(json_of(&outputs.last), "d");
    assert_eq!(json_of(&outputs.tenth), Value::Null);
    assert_eq!(json_of(&outputs.part), json!([1, [2]]));
}

// Semantics, Values: "empty included"; "An absent context makes the result absent."
#[tokio::test]
async fn nothing_selected_is_an_empty_array_and_no_context_is_no_value() {
    let script = stock(r#"{"items":[]}"#);
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    for empty in [
        json_of(&outputs.all),
        json_of(&outputs.middle),
        json_of(&outputs.twice),
        json_of(&outputs.pair),
        json_of(&outputs.notes),
        json_of(&outputs.deep),
        json_of(&outputs.nowhere),
    ] {
        assert_eq!(empty, json!([]));
    }
    assert_eq!(json_of(&outputs.last), Value::Null);
    assert_eq!(json_of(&outputs.part), Value::Null);
}

// Spec, Workflow Object, outputs: "a Runtime Expression or Selector Object". RFC 2.4: the functions.
#[tokio::test]
async fn outputs_of_a_workflow_may_be_selected_by_functions() {
    let script = stocked(&json!([
        { "name": "Emma", "tags": ["x", "y"], "a": { "colour": "red" } },
        { "name": "Dune", "tags": ["x"], "colour": "red", "b": { "colour": "red" } },
        { "name": "Ulysses", "tags": { "a": 1, "b": 2 }, "colour": "blue" },
        { "tags": "xy", "colour": "red" },
    ]));
    let outputs = select_by_functions(&script.client(), select_by_functions::Inputs::new())
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.by_length), json!(["Emma", "Dune"]));
    assert_eq!(json_of(&outputs.by_count), json!(["Emma", "Ulysses"]));
    assert_eq!(json_of(&outputs.by_match), json!(["Emma"]));
    assert_eq!(json_of(&outputs.by_search), json!(["Dune", "Ulysses"]));
    assert_eq!(json_of(&outputs.by_value), json!(["Emma"]));
}

// The same lines, where the description of the API says what is selected. Semantics, Types of generated values: what
// travels on is "never narrowed by [its] type".
#[tokio::test]
async fn what_is_selected_may_have_a_known_type() {
    let basket = json!({ "lines": [{ "sku": "s1" }, { "sku": "s2", "gift": true }] });
    let first = json!({ "id": 1, "total": 2.5, "status": "open", "wrap": { "colour": [null, "red"] } });
    let last = json!({ "id": 3, "total": 10, "status": "open", "lines": [{ "sku": "a", "extra": 1 }] });
    let script = Script::new()
        .on("GET /orders")
        .reply(
            200,
            json!({
                "orders": [first, { "id": 2, "total": 1.5, "status": "paid" }, last],
                "archive": { "orders": [{ "id": 0, "total": 7.25, "status": "cancelled" }] },
            }),
        )
        .on("POST /echo")
        .json(json!({ "orders": [first, last], "gifts": ["s2"] }))
        .reply(200, json!({}));
    let outputs = select_orders(&script.client(), select_orders::Inputs::new(basket.clone()))
        .await
        .unwrap();
    script.assert_trace(&["GET /orders 200", "POST /echo 200"]);
    assert_eq!(json_of(&outputs.ids), json!([1, 2, 3]));
    assert_eq!(json_of(&outputs.archived), json!([7.25]));
    assert_eq!(json_of(&outputs.first_status), "open");
    assert_eq!(json_of(&outputs.skus), json!(["s1", "s2"]));

    let script = Script::new()
        .on("GET /orders")
        .reply(200, json!({ "orders": [] }))
        .on("POST /echo")
        .json(json!({ "orders": [], "gifts": ["s2"] }))
        .reply(200, json!({}));
    let outputs = select_orders(&script.client(), select_orders::Inputs::new(basket))
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.ids), json!([]));
    assert_eq!(json_of(&outputs.archived), Value::Null);
    assert_eq!(json_of(&outputs.first_status), Value::Null);
}

// Spec, Parameter Object, value: "a constant, a Runtime Expression, or a Selector Object". Semantics, Values: what is
// absent is left out of optional parameters.
#[tokio::test]
async fn parameters_may_be_all_that_a_query_selects() {
    let items = json!([{ "sku": "a", "open": true }, { "sku": "b" }, { "sku": "c", "open": true }]);
    let script = stocked(&json!({ "items": items, "limits": [1, 25] }))
        .on("GET /items?sku=a&sku=c&limit=25")
        .header("X-Skus", "a,b")
        .reply(200, json!({}))
        .on("GET /items/a")
        .reply(200, json!({}));
    select_parameters(&script.client(), select_parameters::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "GET /stock 200",
        "GET /items?sku=a&sku=c&limit=25 200",
        "GET /items/a 200",
    ]);

    let script = stocked(&json!({ "items": items, "limits": [] }))
        .on("GET /items?sku=a&sku=c")
        .header("X-Skus", "a,b")
        .reply(200, json!({}))
        .on("GET /items/a")
        .reply(200, json!({}));
    select_parameters(&script.client(), select_parameters::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200", "GET /items?sku=a&sku=c 200", "GET /items/a 200"]);
}

// Spec, Request Body Object, payload: "can contain […] Selector Objects". Semantics, Values: numbers "keep the spelling
// they came with"; an absent member is left out, an absent element is null.
#[tokio::test]
async fn payloads_may_hold_all_that_a_query_selects() {
    let script = stock(
        r#"{"items":[
            {"price":2.0,"more":{"x":[1,null]}},
            {"price":12345678901234567890},
            {"price":1.50},
            {"price":123456789012345678901234567890}
        ]}"#,
    )
    .on("POST /echo")
    .header("content-type", "application/json")
    .reply(200, json!({}));
    select_payload(&script.client(), select_payload::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200", "POST /echo 200"]);

    let text = script.body(1);
    let sent: Value = serde_json::from_str(&text).unwrap();
    let text = dense(&text);
    assert_eq!(sent.as_object().unwrap().len(), 4, "{text}");
    assert_eq!(sent["all"].as_array().unwrap().len(), 4, "{text}");
    assert_eq!(sent["all"][0]["more"], json!({ "x": [1, null] }), "{text}");
    for part in [
        r#""empty":[]"#,
        r#""one":2.0"#,
        r#""list":[null,[2.0,12345678901234567890,1.50,123456789012345678901234567890]]"#,
        r#""price":2.0"#,
        r#""price":12345678901234567890"#,
        r#""price":1.50"#,
        r#""price":123456789012345678901234567890"#,
    ] {
        assert!(text.contains(part), "`{part}` in {text}");
    }
}

// The same line of the specification: the payload itself is the Selector Object.
#[tokio::test]
async fn a_payload_may_be_what_a_query_selects() {
    for (items, expected) in [
        (
            json!([{ "price": 9, "x": null }, { "price": 11 }, { "price": 0.5 }]),
            json!([{ "price": 9, "x": null }, { "price": 0.5 }]),
        ),
        (json!([]), json!([])),
    ] {
        let script = stocked(&json!({ "items": items }))
            .on("POST /echo")
            .json(expected)
            .reply(200, json!({}));
        select_whole_payload(&script.client(), select_whole_payload::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /echo 200"]);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Replacements
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Payload Replacement Object: `targetSelectorType`; "A JSONPath example". Semantics, Requests: "JSONPath (all
// matches)".
#[tokio::test]
async fn every_match_of_a_target_is_replaced() {
    let amount = json!({ "amount": 4, "currency": "EUR" });
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "items": [
                { "sku": "ABC123", "quantity": 3 },
                { "sku": "other", "quantity": 0 },
                { "sku": "ABC123", "quantity": 3 },
            ],
            "tags": ["a", "3x", "3x", "d"],
            "prices": { "price": amount, "deeper": [{ "price": amount }, { "price": amount, "kept": true }] },
            "list": [null, null],
            "skus": ["s1", "s3"],
        }))
        .reply(200, json!({}));
    let shelf = json!({ "items": [{ "sku": "s1", "open": true }, { "sku": "s2" }, { "sku": "s3", "open": true }] });
    replace_in_literal(&script.client(), replace_in_literal::Inputs::new(3, shelf))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "`replacements` apply after the payload is evaluated", here JSON that is written as text.
#[tokio::test]
async fn a_target_may_lie_in_json_that_is_written_as_text() {
    let name = r#"x", "n": 5, "y": ""#;
    let script = Script::new().on("POST /echo").reply(200, json!({}));
    replace_in_text(&script.client(), replace_in_text::Inputs::new(name))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
    let text = script.body(0);
    let sent: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        sent["lines"],
        json!([{ "name": name, "n": 7 }, { "name": "kept", "n": 7 }]),
        "{text}"
    );
    assert!(dense(&text).contains(r#""price":2.50"#), "{text}");
}

// Semantics, Requests: "a target that resolves to nothing is an error"; Steps and control flow: "a replacement without a
// target" is a local failure that goes to `onFailure`.
#[tokio::test]
async fn a_target_that_selects_nothing_fails_the_step() {
    for (order, expected) in [
        (
            json!({ "lines": [{ "open": true, "copies": 1, "x": [1] }, { "copies": 2 }, { "open": true, "copies": null }], "y": null }),
            json!({ "lines": [{ "open": true, "copies": 5, "x": [1] }, { "copies": 2 }, { "open": true, "copies": 5 }], "y": null }),
        ),
        (
            json!({ "lines": [{ "open": true }, { "open": true, "copies": 1 }] }),
            json!({ "lines": [{ "open": true }, { "open": true, "copies": 5 }] }),
        ),
    ] {
        let script = stocked(&order).on("POST /echo").json(expected).reply(200, json!({}));
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /echo 200"]);
    }

    for order in [
        json!({ "lines": [{ "open": true }, { "copies": 1 }] }),
        json!({ "lines": [] }),
        json!({ "lines": "none" }),
        json!([]),
    ] {
        let script = stocked(&order).on("POST /report").reply_empty(204);
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /report 204"]);
    }
}

// The same lines without an action. A match within a match is gone with what it was in.
#[tokio::test]
async fn a_target_may_lie_at_any_level() {
    for (order, expected) in [
        (
            json!([{ "copies": 1 }, [{ "copies": {} }]]),
            json!([{ "copies": 5 }, [{ "copies": 5 }]]),
        ),
        (json!({ "copies": { "copies": 1 } }), json!({ "copies": 5 })),
    ] {
        let script = Script::new().on("POST /echo").json(expected).reply(200, json!({}));
        replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }

    for order in [json!({ "Copies": 1 }), json!([["copies"]]), json!("copies")] {
        let script = Script::new();
        let error = replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap_err();
        script.assert_trace(&[]);
        assert!(matches!(error.kind(), ErrorKind::Request), "{error}");
        assert_eq!(error.step(), Some("send"));
        assert_eq!(error.status(), None);
    }
}
