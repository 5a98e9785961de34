//! Simple conditions: operators, literals, operands, and what is equal to what.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

mod script;

use arazzo::ErrorKind;
use script::{Script, book_with};
use serde_json::json;

// Some conditions are odd on purpose, and the compiler says so.
#[allow(deprecated)]
mod comparisons {
    arazzo::arazzo_workflow!("../language/comparisons.yml");
}
#[allow(deprecated)]
mod conditions {
    arazzo::arazzo_workflow!("../language/conditions.yml");
}

/// Whether a workflow of one step and no inputs succeeds with the answers of this script.
macro_rules! passes {
    ($document:ident :: $workflow:ident, $script:expr) => {{
        let script: Script = $script;
        match $document::$workflow(&script.client(), $document::$workflow::Inputs::new()).await {
            Ok(_) => true,
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
                false
            }
        }
    }};
}

/// Compares pairs of JSON values; an empty text stands for a value that is not there.
macro_rules! compare {
    ($operator:ident: $($sides:expr => $expected:expr),+ $(,)?) => {
        $(
            let (left, right) = $sides;
            let script = Script::new().on("GET /facts").reply_json_text(200, &sides(left, right));
            let actual = passes!(comparisons::$operator, script);
            assert_eq!(actual, $expected, "{left:?} {} {right:?}", stringify!($operator));
        )+
    };
}

/// Checks a condition against response bodies.
macro_rules! check {
    ($workflow:ident: $($body:expr => $expected:expr),+ $(,)?) => {
        $(
            let script = Script::new().on("GET /facts").reply_json_text(200, $body);
            let actual = passes!(conditions::$workflow, script);
            assert_eq!(actual, $expected, "{} with {}", stringify!($workflow), $body);
        )+
    };
}

fn sides(left: &str, right: &str) -> String {
    let members: Vec<String> = [("left", left), ("right", right)]
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

// ---------------------------------------------------------------------------------------------------------------------
// Operators
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Criterion Object, Operators: `==`.
#[tokio::test]
async fn numbers_are_equal_by_their_value() {
    compare!(equal:
        ("1", "1") => true,
        ("1", "1.0") => true,
        ("0", "-0.5") => false,
        ("1", "2") => false,
        ("2.50", "2.5") => true,
    );
}

// Spec, Condition Evaluation: "String comparisons MUST be case-insensitive."
#[tokio::test]
async fn strings_are_equal_whatever_their_case() {
    compare!(equal:
        (r#""Dune""#, r#""Dune""#) => true,
        (r#""Dune""#, r#""dUNE""#) => true,
        (r#""Ärger""#, r#""äRGER""#) => true,
        (r#""Dune""#, r#""Dun""#) => false,
        (r#""""#, r#""""#) => true,
        (r#""""#, r#"" ""#) => false,
    );
}

// Semantics, Criteria: "A numeric string compared with a number is a number".
#[tokio::test]
async fn a_numeric_string_is_a_number_beside_a_number() {
    compare!(equal:
        (r#""2""#, "2") => true,
        ("2", r#""2.0""#) => true,
        (r#""2""#, "3") => false,
        (r#""two""#, "2") => false,
        (r#""""#, "0") => false,
    );
}

// Semantics, Criteria: "`null` equals only `null` and absence".
#[tokio::test]
async fn null_equals_only_null_and_what_is_not_there() {
    compare!(equal:
        ("null", "null") => true,
        ("null", "") => true,
        ("", "null") => true,
        ("", "") => true,
        ("null", "0") => false,
        ("null", r#""""#) => false,
        ("null", r#""null""#) => false,
        ("null", "false") => false,
        ("null", "[]") => false,
        ("", "false") => false,
        ("", "0") => false,
    );
}

// Semantics, Criteria: "a boolean equals no string".
#[tokio::test]
async fn a_boolean_equals_only_itself() {
    compare!(equal:
        ("true", "true") => true,
        ("false", "false") => true,
        ("true", "false") => false,
        ("true", r#""true""#) => false,
        (r#""false""#, "false") => false,
        ("true", "1") => false,
        ("false", "0") => false,
    );
}

// Semantics, Criteria: "`==` on arrays and objects is deep".
#[tokio::test]
async fn arrays_and_objects_are_equal_when_all_they_hold_is_equal() {
    compare!(equal:
        ("[1,[2,3]]", "[1,[2,3]]") => true,
        ("[1,[2,3]]", "[1,[2,4]]") => false,
        ("[1,2]", "[2,1]") => false,
        ("[1]", "[1,2]") => false,
        (r#"{"a":1,"b":{"c":[true]}}"#, r#"{"b":{"c":[true]},"a":1}"#) => true,
        (r#"{"a":1,"b":{"c":[true]}}"#, r#"{"b":{"c":[false]},"a":1}"#) => false,
        (r#"{"a":1}"#, r#"{"a":1,"b":2}"#) => false,
        ("[]", "{}") => false,
        ("[]", "[]") => true,
    );
}

// Semantics, Values: "Numbers embedded or compared keep the spelling they came with ([…] integers keep every digit)."
#[tokio::test]
async fn large_integers_are_compared_digit_by_digit() {
    compare!(equal:
        ("9007199254740993", "9007199254740993") => true,
        ("9007199254740993", "9007199254740992") => false,
        ("123456789012345678901234567890", "123456789012345678901234567890") => true,
        ("123456789012345678901234567890", "123456789012345678901234567891") => false,
    );
    compare!(less:
        ("9007199254740992", "9007199254740993") => true,
        ("9007199254740993", "9007199254740992") => false,
        ("-9007199254740993", "-9007199254740992") => true,
    );
}

// Spec, Operators: `!=`; semantics, Criteria: "`x != null` is true for any present value".
#[tokio::test]
async fn what_is_not_equal_is_different() {
    compare!(not_equal:
        ("1", "2") => true,
        ("1", "1") => false,
        ("1", r#""1""#) => false,
        (r#""Dune""#, r#""DUNE""#) => false,
        (r#""Dune""#, r#""Emma""#) => true,
        ("null", "null") => false,
        ("", "null") => false,
        ("0", "null") => true,
        ("false", "null") => true,
        (r#""""#, "null") => true,
        ("[]", "null") => true,
        ("{}", "") => true,
        ("[1]", "[1]") => false,
        ("[1]", "[2]") => true,
    );
}

// Spec, Operators: `<`; semantics, Criteria: "two numbers or numeric strings as numbers".
#[tokio::test]
async fn numbers_and_numeric_strings_are_ordered_as_numbers() {
    compare!(less:
        ("1", "2") => true,
        ("2", "2") => false,
        ("3", "2") => false,
        ("-1", "0.5") => true,
        (r#""9""#, "10") => true,
        ("10", r#""9""#) => false,
        (r#""9""#, r#""10""#) => true,
        (r#""10""#, r#""9""#) => false,
    );
}

// Semantics, Criteria: "two other strings by their lower-cased text".
#[tokio::test]
async fn other_strings_are_ordered_by_their_lower_case_text() {
    compare!(less:
        (r#""apple""#, r#""Banana""#) => true,
        (r#""Apple""#, r#""banana""#) => true,
        (r#""banana""#, r#""Apple""#) => false,
        (r#""apple""#, r#""APPLE""#) => false,
        (r#""app""#, r#""apple""#) => true,
    );
    compare!(less_or_equal: (r#""apple""#, r#""APPLE""#) => true);
}

// Semantics, Criteria: "everything else (null, booleans, objects) has no order and gives false".
#[tokio::test]
async fn what_has_no_order_is_neither_less_nor_greater() {
    compare!(less:
        ("null", "1") => false,
        ("1", "null") => false,
        ("", "1") => false,
        ("false", "true") => false,
        ("0", "true") => false,
        ("[1]", "[2]") => false,
        (r#"{"a":1}"#, r#"{"a":2}"#) => false,
        (r#""many""#, "5") => false,
        ("5", r#""many""#) => false,
    );
    compare!(greater:
        ("1", "null") => false,
        ("true", "false") => false,
        (r#""many""#, "5") => false,
        ("5", r#""many""#) => false,
    );
    compare!(less_or_equal:
        ("null", "null") => false,
        ("", "") => false,
        ("true", "true") => false,
        ("[1]", "[1]") => false,
    );
    compare!(greater_or_equal:
        ("null", "null") => false,
        ("true", "true") => false,
        ("{}", "{}") => false,
    );
}

// Spec, Operators: `<=`, `>`, `>=`.
#[tokio::test]
async fn the_other_orders_follow_the_same_rules() {
    compare!(less_or_equal:
        ("1", "2") => true,
        ("2", "2.0") => true,
        ("3", "2") => false,
        (r#""2""#, "2") => true,
    );
    compare!(greater:
        ("3", "2") => true,
        ("2", "2") => false,
        ("1", "2") => false,
        (r#""10""#, "9") => true,
        (r#""Banana""#, r#""apple""#) => true,
    );
    compare!(greater_or_equal:
        ("3", "2") => true,
        ("2", r#""2""#) => true,
        ("1", "2") => false,
        (r#""B""#, r#""b""#) => true,
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Composition
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Operators: `&&`, `||`.
#[tokio::test]
async fn and_needs_both_sides_and_or_needs_one() {
    check!(both:
        r#"{"a":1,"b":2}"# => true,
        r#"{"a":1,"b":0}"# => false,
        r#"{"a":0,"b":2}"# => false,
        r#"{"a":0,"b":0}"# => false,
    );
    check!(either:
        r#"{"a":1,"b":2}"# => true,
        r#"{"a":1,"b":0}"# => true,
        r#"{"a":0,"b":2}"# => true,
        r#"{"a":0,"b":0}"# => false,
    );
}

// Spec, Multiple Criteria: "all conditions MUST evaluate to pass".
#[tokio::test]
async fn all_criteria_of_a_list_must_pass() {
    check!(two_criteria:
        r#"{"a":1,"b":2}"# => true,
        r#"{"a":1,"b":0}"# => false,
        r#"{"a":0,"b":2}"# => false,
    );
}

// Semantics, Criteria: "`||` binds weaker than `&&`".
#[tokio::test]
async fn and_binds_tighter_than_or() {
    check!(and_binds_tighter:
        r#"{"a":true,"b":false,"c":false}"# => true,
        r#"{"a":false,"b":true,"c":true}"# => true,
        r#"{"a":false,"b":true,"c":false}"# => false,
        r#"{"a":false,"b":false,"c":true}"# => false,
    );
}

// Spec, Operators: `()`, "Logical Grouping".
#[tokio::test]
async fn parentheses_change_what_belongs_together() {
    check!(parentheses_group:
        r#"{"a":true,"b":false,"c":false}"# => false,
        r#"{"a":true,"b":false,"c":true}"# => true,
        r#"{"a":false,"b":true,"c":true}"# => true,
        r#"{"a":false,"b":false,"c":true}"# => false,
    );
    check!(nested_parentheses:
        r#"{"a":true,"b":true}"# => true,
        r#"{"a":true,"b":false,"c":true}"# => false,
        r#"{"c":true,"d":false,"e":true}"# => true,
        r#"{"c":false,"d":true,"e":true}"# => false,
    );
}

// Spec, Operators: `!`; semantics, Criteria: "`!` on a parenthesised or lone operand".
#[tokio::test]
async fn an_exclamation_mark_denies_an_operand_or_a_group() {
    check!(not_operand:
        r#"{"a":false}"# => true,
        r#"{"a":true}"# => false,
    );
    check!(not_group:
        r#"{"a":0,"b":0}"# => true,
        r#"{"a":1,"b":0}"# => false,
        r#"{"a":0,"b":2}"# => false,
    );
    check!(not_twice:
        r#"{"a":1,"b":0}"# => false,
        r#"{"a":1,"b":2}"# => true,
        r#"{"a":0,"b":0}"# => true,
    );
}

// Semantics, Criteria: "A bare operand passes when it is `true`; `false`, `null` and absence fail; anything else fails".
#[tokio::test]
async fn a_lone_operand_passes_only_when_it_is_true() {
    check!(bare:
        r#"{"a":true}"# => true,
        r#"{"a":false}"# => false,
        r#"{"a":null}"# => false,
        r#"{}"# => false,
        r#"{"a":1}"# => false,
        r#"{"a":"true"}"# => false,
        r#"{"a":[true]}"# => false,
        r#"{"a":{}}"# => false,
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Operands
// ---------------------------------------------------------------------------------------------------------------------

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
