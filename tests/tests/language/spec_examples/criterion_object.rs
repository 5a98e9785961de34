//! Criteria.

use super::*;

fn counter(status: u16) -> Script {
    Script::new().on("GET /counter").reply(status, json!({}))
}

// 1.0.1, Criterion Object, "Simple Condition Example"; 1.1.0, Criterion Object, "A simple Condition example".
#[tokio::test]
async fn a_simple_condition() {
    in_both_versions!({
        assert!(passes!(criteria::simple_status, counter(200)));
        assert!(!passes!(criteria::simple_status, counter(201)));
        assert!(!passes!(criteria::simple_status, counter(503)));
    });
}

// 1.0.1, Criterion Object, "Regex Condition Example"; 1.1.0, Criterion Object, "A regex Condition example".
#[tokio::test]
async fn a_condition_that_is_a_pattern() {
    in_both_versions!({
        assert!(passes!(criteria::pattern_status, counter(200)));
        assert!(!passes!(criteria::pattern_status, counter(201)));
        assert!(!passes!(criteria::pattern_status, counter(503)));
    });
}

// 1.0.1, Criterion Object, "JSONPath Condition Example"; 1.1.0, Criterion Object, "A JSONPath Condition example".
#[tokio::test]
async fn a_condition_that_is_a_query() {
    in_both_versions!({
        check!(criteria::query_body:
            json!([{ "cakes": ["rye"] }]) => true,
            json!([{ "cakes": null }]) => true,
            json!({ "monday": {}, "tuesday": { "cakes": [] } }) => true,
            json!([{ "pies": ["rye"] }]) => false,
            json!([]) => false,
            json!({ "cakes": ["rye"] }) => false,
            json!("cakes") => false,
            json!(null) => false,
        );
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Literals: the rows `boolean`, `null`, `number` and `string`, quotes included.
#[tokio::test]
async fn conditions_may_hold_every_literal() {
    in_both_versions!({
        let body = json!({
            "open": true,
            "sold": false,
            "holiday": null,
            "ovens": 3,
            "warmth": 2.5,
            "frost": -4,
            "sign": "a baker's dozen",
        });
        check!(criteria::literals: body.clone() => true);
        for (member, value) in [
            ("open", json!(false)),
            ("sold", json!(true)),
            ("holiday", json!("monday")),
            ("ovens", json!(4)),
            ("warmth", json!(2.25)),
            ("frost", json!(4)),
            ("sign", json!("a bakers dozen")),
            ("sign", json!("a baker''s dozen")),
        ] {
            let mut changed = body.clone();
            changed[member] = value;
            check!(criteria::literals: changed.clone() => false);
        }
        // "String comparisons MUST be case insensitive."
        let mut changed = body.clone();
        changed["sign"] = json!("A BAKER'S DOZEN");
        check!(criteria::literals: changed.clone() => true);
    });
}

fn sides(left: i32, right: i32) -> Value {
    json!({ "a": left, "b": right })
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `<`, `<=`, `>`, `>=`, `==` and `!=`.
#[tokio::test]
async fn conditions_may_compare() {
    in_both_versions!({
        check!(criteria::is_less: sides(1, 2) => true, sides(2, 2) => false, sides(3, 2) => false);
        check!(criteria::is_less_or_equal: sides(1, 2) => true, sides(2, 2) => true, sides(3, 2) => false);
        check!(criteria::is_greater: sides(1, 2) => false, sides(2, 2) => false, sides(3, 2) => true);
        check!(criteria::is_greater_or_equal: sides(1, 2) => false, sides(2, 2) => true, sides(3, 2) => true);
        check!(criteria::is_equal: sides(1, 2) => false, sides(2, 2) => true, sides(3, 2) => false);
        check!(criteria::is_not_equal: sides(1, 2) => true, sides(2, 2) => false, sides(3, 2) => true);
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `!`, `&&`, `||` and `()`.
#[tokio::test]
async fn conditions_may_combine() {
    in_both_versions!({
        check!(criteria::is_not: json!({ "a": false }) => true, json!({ "a": true }) => false);
        check!(criteria::is_both:
            sides(1, 2) => true,
            sides(1, 3) => false,
            sides(2, 2) => false,
            sides(3, 3) => false,
        );
        check!(criteria::is_either:
            sides(1, 2) => true,
            sides(1, 3) => true,
            sides(2, 2) => true,
            sides(3, 3) => false,
        );
        check!(criteria::is_grouped:
            json!({ "a": 1, "b": 0, "c": 3 }) => true,
            json!({ "a": 0, "b": 2, "c": 3 }) => true,
            json!({ "a": 1, "b": 2, "c": 0 }) => false,
            json!({ "a": 0, "b": 0, "c": 3 }) => false,
        );
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `[]`, counted from 0, and `.`.
#[tokio::test]
async fn conditions_may_look_into_values() {
    in_both_versions!({
        check!(criteria::is_at_index:
            json!({ "trays": ["oat", "rye"] }) => true,
            json!({ "trays": ["rye", "oat"] }) => false,
            json!({ "trays": ["rye"] }) => false,
        );
        check!(criteria::is_member:
            json!({ "oven": { "door": "shut" } }) => true,
            json!({ "oven": { "door": "open" } }) => false,
            json!({ "door": "shut" }) => false,
        );
    });
}

const FULL_MILL: &str = "<mill><owner>Eva</owner><sacks><sack/><sack/></sacks></mill>";
const BARE_MILL: &str = "<mill/>";

fn mill(body: &str) -> Script {
    xml("GET /mill", body)
}

// 1.1.0, Criterion Object, Runtime Expressions in Conditions, first example: as they are in simple conditions.
#[tokio::test]
async fn expressions_stand_in_simple_conditions() {
    use embedded_criteria::count_above;

    for (status, count, threshold, met) in [
        (200, json!(5), 4, true),
        (200, json!(4), 4, false),
        (200, json!("5"), 4, true),
        (200, json!(null), 4, false),
        (201, json!(5), 4, false),
    ] {
        let script = Script::new()
            .on("GET /counter")
            .reply(status, json!({ "count": count }));
        let result = count_above(&client(&script), count_above::Inputs::new(threshold)).await;
        assert_eq!(script.trace().len(), 1);
        assert_eq!(result.is_ok(), met, "{status} {count} {threshold}");
    }
}

// The same, second example, JSONPath.
#[tokio::test]
async fn expressions_stand_in_braces_in_queries() {
    use embedded_criteria::any_in_state;

    for (body, state, met) in [
        (json!([{ "state": "fresh" }]), "fresh", true),
        (json!([{ "state": "stale" }, { "state": "fresh" }]), "fresh", true),
        (json!([{ "state": "stale" }]), "fresh", false),
        (json!([]), "fresh", false),
        (json!([{ "state": "two words" }]), "two words", true),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body.clone());
        let inputs = any_in_state::Inputs::new(String::from(state));
        let result = any_in_state(&client(&script), inputs).await;
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(result.is_ok(), met, "{body} {state}");
    }
}

// The same, second example, XPath.
#[tokio::test]
async fn expressions_stand_in_braces_in_paths() {
    use embedded_criteria::any_dearer;

    for (lowest, prices, met) in [
        (2.5, [1, 3], true),
        (2.5, [1, 2], false),
        (3.0, [3, 4], true),
        (4.0, [3, 4], false),
    ] {
        let [first, second] = prices;
        let body = format!("<mill><sacks><price>{first}</price></sacks><sacks><price>{second}</price></sacks></mill>");
        let script = Script::new()
            .on("GET /prices")
            .reply(200, json!({ "lowest": lowest }))
            .on("GET /mill")
            .reply_text(200, "application/xml", &body);
        let result = any_dearer(&client(&script), any_dearer::Inputs::new()).await;
        script.assert_trace(&["GET /prices 200", "GET /mill 200"]);
        assert_eq!(result.is_ok(), met, "{lowest} {prices:?}");
    }
}

// The same, second example, regex; Evaluation Errors: a pattern that is invalid once the value is in it fails.
#[tokio::test]
async fn expressions_stand_in_braces_in_patterns() {
    use embedded_criteria::in_pattern;

    for (state, pattern, met) in [
        (json!("fresh"), "fresh|warm", true),
        (json!("warm"), "fresh|warm", true),
        (json!("lukewarm"), "fresh|warm", false),
        (json!("stale"), "st.*", true),
        (json!(null), "null", false),
        (json!("("), "(", false),
    ] {
        let script = Script::new().on("GET /counter").reply(200, json!({ "state": state }));
        let inputs = in_pattern::Inputs::new(String::from(pattern));
        let result = in_pattern(&client(&script), inputs).await;
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(result.is_ok(), met, "{state} {pattern}");
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
        }
    }
}

// 1.1.0, Condition Evaluation, Simple Conditions, example.
#[tokio::test]
async fn simple_conditions_are_evaluated() {
    assert!(passes!(evaluation::is_fine, counter(200)));
    assert!(!passes!(evaluation::is_fine, counter(404)));

    check!(evaluation::is_fine_with_data:
        json!({ "data": [1] }) => true,
        json!({ "data": false }) => true,
        json!({ "data": 0 }) => true,
        json!({ "data": null }) => false,
        json!({}) => false,
    );
    let script = Script::new().on("GET /counter").reply(201, json!({ "data": 1 }));
    assert!(!passes!(evaluation::is_fine_with_data, script));
}

// 1.1.0, Condition Evaluation, Regex Conditions, example; "If the `context` evaluates to `null` or `undefined`, the
// condition MUST evaluate to _fail_."
#[tokio::test]
async fn patterns_are_evaluated() {
    for status in [200, 201, 299] {
        assert!(passes!(evaluation::is_any_success, counter(status)), "{status}");
    }
    for status in [300, 404, 502] {
        assert!(!passes!(evaluation::is_any_success, counter(status)), "{status}");
    }
    check!(evaluation::is_warm:
        json!({ "warmth": 20 }) => true,
        json!({ "warmth": "" }) => true,
        json!({ "warmth": null }) => false,
        json!({}) => false,
    );
}

// 1.1.0, Condition Evaluation, JSONPath Conditions, first example. RFC 9535 applies the filter to the children of the
// body, whatever the comment beside the example says.
#[tokio::test]
async fn filters_are_evaluated() {
    check!(evaluation::has_cakes_somewhere:
        json!([{ "cakes": ["rye"] }]) => true,
        json!([{ "cakes": [] }]) => true,
        json!([{ "pies": [] }]) => false,
        json!([]) => false,
        json!({ "cakes": [] }) => false,
    );
}

// 1.1.0, Condition Evaluation, JSONPath Conditions, second example; "If the `context` evaluates to `null` or
// `undefined` […] the condition MUST evaluate to _fail_"; Evaluation Errors: "applying JSONPath to non-JSON data".
#[tokio::test]
async fn queries_are_evaluated() {
    check!(evaluation::has_cakes:
        json!({ "cakes": ["rye"] }) => true,
        json!({ "cakes": [null] }) => true,
        json!({ "cakes": { "monday": false } }) => true,
        json!({ "cakes": [] }) => false,
        json!({ "cakes": "rye" }) => false,
        json!({}) => false,
        json!(["rye"]) => false,
    );
    check!(evaluation::has_cakes_inside:
        json!({ "window": {} }) => true,
        json!({ "window": false }) => true,
        json!({ "window": null }) => false,
        json!({}) => false,
    );
    let script = Script::new()
        .on("GET /counter")
        .reply_text(200, "text/plain", "cakes: rye");
    assert!(!passes!(evaluation::has_cakes, script));
    let script = Script::new().on("GET /counter").reply_empty(200);
    assert!(!passes!(evaluation::has_cakes, script));
}

// 1.1.0, Condition Evaluation, XPath Conditions, first example: it gives a boolean.
#[tokio::test]
async fn paths_that_give_a_boolean_are_evaluated() {
    assert!(passes!(evaluation::counts_sacks, mill(FULL_MILL)));
    assert!(!passes!(evaluation::counts_sacks, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::counts_sacks, mill(BARE_MILL)));
}

// The same, second example: it gives nodes.
#[tokio::test]
async fn paths_that_give_nodes_are_evaluated() {
    assert!(passes!(evaluation::has_sacks, mill(FULL_MILL)));
    assert!(passes!(evaluation::has_sacks, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::has_sacks, mill(BARE_MILL)));
}

// The same, the lists of what passes and fails: numbers and strings.
#[tokio::test]
async fn paths_that_give_numbers_and_strings_are_evaluated() {
    assert!(passes!(evaluation::numbers_sacks, mill(FULL_MILL)));
    assert!(!passes!(evaluation::numbers_sacks, mill(EMPTY_MILL)));
    assert!(passes!(evaluation::names_owner, mill(FULL_MILL)));
    assert!(!passes!(evaluation::names_owner, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::names_owner, mill(BARE_MILL)));
}

// The same: "If the `context` evaluates to `null` or `undefined` […] the condition MUST evaluate to _fail_"; Evaluation
// Errors: an invalid context.
#[tokio::test]
async fn paths_fail_where_there_is_no_xml() {
    let script = Script::new().on("GET /mill").reply_empty(200);
    assert!(!passes!(evaluation::has_sacks, script));
    assert!(!passes!(evaluation::has_sacks, mill("there are sacks")));
    assert!(!passes!(evaluation::has_sacks, mill("<mill><sacks></mill>")));
}

// 1.1.0, Condition Evaluation, Multiple Criteria, example: "all conditions MUST evaluate to pass".
#[tokio::test]
async fn all_criteria_count() {
    for (status, data, met) in [
        (200, json!([1]), true),
        (200, json!([]), false),
        (201, json!([1]), false),
        (201, json!([]), false),
    ] {
        let script = Script::new().on("GET /counter").reply(status, json!({ "data": data }));
        let actual = passes!(evaluation::is_fine_with_elements, script);
        assert_eq!(actual, met, "{status} {data}");
    }
}
