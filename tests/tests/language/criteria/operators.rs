//! Operators.

use super::*;

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
