//! Conditions that are made of values.

use super::*;

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
