//! Composition.

use super::*;

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
