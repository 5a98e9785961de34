//! Operands.

use super::*;

// Spec, Literals: "To use a literal single quote, escape the literal single quote using an additional single quote".
#[tokio::test]
async fn two_quotes_in_a_string_are_one() {
    check!(quote_in_string:
        r#"{"name":"it's"}"# => true,
        r#"{"name":"it''s"}"# => false,
        r#"{"name":"its"}"# => false,
    );
    check!(only_a_quote:
        r#"{"name":"'"}"# => true,
        r#"{"name":"''"}"# => false,
        r#"{"name":""}"# => false,
    );
}

// Spec, Literals: a string is everything between its quotes.
#[tokio::test]
async fn a_string_may_hold_anything() {
    check!(operators_in_string:
        r#"{"name":"(a && b) || !c == $statusCode"}"# => true,
        r#"{"name":"(a && b) || !c == 200"}"# => false,
    );
    check!(empty_string:
        r#"{"name":""}"# => true,
        r#"{"name":" "}"# => false,
        r#"{"name":null}"# => false,
        r#"{}"# => false,
    );
}

// Spec, Literals: number, boolean and null.
#[tokio::test]
async fn numbers_may_be_written_in_every_usual_way() {
    check!(integer_literal: r#"{"n":12}"# => true, r#"{"n":12.0}"# => true, r#"{"n":"12"}"# => true, r#"{"n":13}"# => false);
    check!(negative_literal: r#"{"n":-2}"# => true, r#"{"n":-1.5}"# => false, r#"{"n":1.5}"# => false);
    check!(decimal_literal: r#"{"n":0.25}"# => true, r#"{"n":0.26}"# => false);
    check!(exponent_literal: r#"{"n":1000}"# => true, r#"{"n":13}"# => false);
    check!(large_literal: r#"{"n":9007199254740993}"# => true, r#"{"n":9007199254740992}"# => false);
    check!(huge_literal:
        r#"{"n":123456789012345678901234567890}"# => true,
        r#"{"n":123456789012345678901234567891}"# => false,
    );
}

// The same table.
#[tokio::test]
async fn booleans_and_null_may_be_written() {
    check!(boolean_literal: r#"{"a":false}"# => true, r#"{"a":true}"# => false, r#"{"a":null}"# => false, r#"{}"# => false);
    check!(null_literal: r#"{"a":null}"# => true, r#"{}"# => true, r#"{"a":0}"# => false, r#"{"a":""}"# => false);
    check!(something_there: r#"{"a":0}"# => true, r#"{"a":false}"# => true, r#"{"a":null}"# => false, r#"{}"# => false);
}

// Spec, Operators: `[]` "Index (0-based)", `.` "Property de-reference".
#[tokio::test]
async fn members_and_indices_lead_into_a_value() {
    check!(member_and_index:
        r#"{"items":[{"names":["one"]},{"names":["two","three"]}]}"# => true,
        r#"{"items":[{"names":["two"]},{"names":["one","two"]}]}"# => false,
        r#"{"items":[{"names":["two"]}]}"# => false,
    );
    check!(index_of_body:
        r#"["one","two"]"# => true,
        r#"["two","one"]"# => false,
        r#"["two"]"# => false,
    );
}

// Semantics, Values: an absent value "in a condition […] behaves as `null`".
#[tokio::test]
async fn what_is_not_there_is_null() {
    check!(member_is_missing:
        r#"{"items":[{"name":"a"},{}]}"# => true,
        r#"{"items":[{"name":"a"}]}"# => true,
        r#"{"items":[]}"# => true,
        r#"{"items":"ab"}"# => true,
        r#"{}"# => true,
        r#"{"items":[{},{"name":null}]}"# => true,
        r#"{"items":[{},{"name":"b"}]}"# => false,
    );
}

// Spec, Runtime Expressions, Examples: `$response.body#/items/0/id`.
#[tokio::test]
async fn a_pointer_finds_the_same_as_members_do() {
    check!(pointer_and_member:
        r#"{"items":["x",{"name":"a"}]}"# => true,
        r#"{"items":[{"name":"a"},{"name":{"deep":[1]}}]}"# => true,
    );
}

// Spec, Condition Evaluation: numeric strings and numbers; Operators.
#[tokio::test]
async fn the_status_is_a_number() {
    check!(status_as_text: "{}" => true);
    check!(without_spaces: "{}" => true);
    let script = Script::new().on("GET /facts").reply(500, json!({}));
    assert!(!passes!(conditions::status_as_text, script));
    let script = Script::new().on("GET /facts").reply(500, json!({}));
    assert!(!passes!(conditions::without_spaces, script));
}

// Spec, Runtime Expressions: `$response.header.` with a token, which is not case-sensitive; semantics, Values: "a header
// has the type its schema declares, else it is a string".
#[tokio::test]
async fn headers_can_be_compared() {
    let with = |name: &str, value: &str| {
        Script::new()
            .on("GET /facts")
            .reply_with(200, &[(name, value)], json!({}))
    };
    assert!(passes!(conditions::kind_header, with("X-Kind", "novel")));
    assert!(passes!(conditions::kind_header, with("x-kind", "NOVEL")));
    assert!(!passes!(conditions::kind_header, with("X-Kind", "essay")));
    assert!(!passes!(conditions::kind_header, with("X-Other", "novel")));
    assert!(passes!(conditions::header_in_lower_case, with("X-KIND", "novel")));
    assert!(passes!(conditions::count_header, with("X-Count", "10")));
    assert!(!passes!(conditions::count_header, with("X-Count", "3")));
    assert!(!passes!(conditions::count_header, with("X-Other", "10")));
    assert!(passes!(conditions::header_is_missing, with("X-Other", "novel")));
    assert!(!passes!(conditions::header_is_missing, with("X-Kind", "novel")));
}

// Semantics, Responses: "Header lookup ignores case and takes the first value."
#[tokio::test]
async fn of_several_headers_the_first_is_compared() {
    let script = Script::new()
        .on("GET /facts")
        .reply_with(200, &[("X-Kind", "novel"), ("X-Kind", "essay")], json!({}));
    assert!(passes!(conditions::kind_header, script));
    let script = Script::new()
        .on("GET /facts")
        .reply_with(200, &[("X-Kind", "essay"), ("X-Kind", "novel")], json!({}));
    assert!(!passes!(conditions::kind_header, script));
}

// The same rules hold where the description of the API says what type a member has.
#[tokio::test]
async fn declared_members_are_compared_by_the_same_rules() {
    let with = |overrides| Script::new().on("GET /books/7").reply(200, book_with(overrides));
    assert!(passes!(conditions::price_of_book, with(json!({ "price": 10.25 }))));
    assert!(!passes!(conditions::price_of_book, with(json!({ "price": 10.5 }))));
    assert!(passes!(conditions::title_of_book, with(json!({ "title": "dune" }))));
    assert!(!passes!(conditions::title_of_book, with(json!({ "title": "Emma" }))));
    assert!(passes!(conditions::pages_of_book, with(json!({ "pages": 400 }))));
    assert!(!passes!(conditions::pages_of_book, with(json!({ "pages": 399 }))));
    assert!(!passes!(conditions::pages_of_book, with(json!({ "pages": 501 }))));
    assert!(passes!(conditions::book_in_print, with(json!({ "inPrint": true }))));
    assert!(!passes!(conditions::book_in_print, with(json!({ "inPrint": false }))));
    assert!(passes!(conditions::format_of_book, with(json!({ "format": "e-book" }))));
    assert!(!passes!(
        conditions::format_of_book,
        with(json!({ "format": "hardcover" }))
    ));
    assert!(passes!(conditions::no_translator, with(json!({ "translator": null }))));
    assert!(!passes!(
        conditions::no_translator,
        with(json!({ "translator": "Eva" }))
    ));
    assert!(passes!(conditions::has_subtitle, with(json!({ "subtitle": "" }))));
    assert!(!passes!(conditions::has_subtitle, with(json!({}))));
}

// Spec, Evaluation Errors: a condition that cannot be evaluated "MUST evaluate to fail"; the response here is not what
// the description promises.
#[tokio::test]
async fn a_response_that_is_not_what_was_declared_fails_the_criterion() {
    let with = |overrides| Script::new().on("GET /books/7").reply(200, book_with(overrides));
    assert!(!passes!(conditions::price_of_book, with(json!({ "price": "cheap" }))));
    assert!(!passes!(conditions::price_of_book, with(json!({ "price": null }))));
    assert!(!passes!(conditions::book_in_print, with(json!({ "inPrint": "yes" }))));
    let text = Script::new()
        .on("GET /books/7")
        .reply_text(200, "text/plain", "sold out");
    assert!(!passes!(conditions::book_in_print, text));
}

// Spec, Runtime Expressions in Conditions: `$response.body.count > $inputs.threshold`.
#[tokio::test]
async fn an_input_can_be_compared_with_the_response() {
    for (count, expected) in [(5, false), (6, true)] {
        let script = Script::new().on("GET /facts").reply(200, json!({ "count": count }));
        let inputs = conditions::enough::Inputs::new(5);
        let result = conditions::enough(&script.client(), inputs).await;
        assert_eq!(result.is_ok(), expected, "{count} > 5");
    }
}

// Spec, Runtime Expressions: `$steps.<stepId>.outputs.<name>`.
#[tokio::test]
async fn the_output_of_an_earlier_step_can_be_compared_with_the_response() {
    for (before, after, expected) in [
        (json!("OPEN"), json!("open"), true),
        (json!("open"), json!("closed"), false),
        (json!(null), json!(null), true),
        (json!({ "since": 1 }), json!({ "since": 1 }), true),
        (json!({ "since": 1 }), json!({ "since": 2 }), false),
    ] {
        let script = Script::new()
            .on("GET /facts")
            .reply(200, json!({ "state": before }))
            .on("GET /facts")
            .reply(200, json!({ "state": after }));
        let result = conditions::unchanged(&script.client(), conditions::unchanged::Inputs::new()).await;
        assert_eq!(result.is_ok(), expected, "{before} == {after}");
    }
}
