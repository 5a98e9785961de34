//! JSONPath of every kind: conditions of steps and actions, Selector Objects, and the targets of replacements.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "RFC" is RFC 9535, "semantics" the page that decides where both are silent.

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, json_of, passed};
use serde_json::{Value, json};

mod actions {
    arazzo::arazzo_workflow!("language/engines/jsonpath-actions.yml");
}
// Filters on the members of objects are worth a warning; here they are the point.
#[allow(deprecated)]
mod conditions {
    arazzo::arazzo_workflow!("language/engines/jsonpath-conditions.yml");
}
mod replacements {
    arazzo::arazzo_workflow!("language/engines/jsonpath-replacements.yml");
}
// A value that may be missing for a parameter that must be there is worth a warning; here it is always there.
#[allow(deprecated)]
mod selectors {
    arazzo::arazzo_workflow!("language/engines/jsonpath-selectors.yml");
}
#[allow(deprecated)]
mod values {
    arazzo::arazzo_workflow!("language/engines/jsonpath-values.yml");
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
    ($script:expr, $workflow:ident, $inputs:expr) => {
        passed(&$workflow(&$script.client(), $inputs).await)
    };
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

mod choices;
mod criteria;
mod operands;
mod replaced;
mod selected;
