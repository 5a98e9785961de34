//! Conditions.

use super::*;

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
