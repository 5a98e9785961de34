//! Simple conditions: operators, literals, operands, and what is equal to what.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo_tests::script::{Script, book_with, passed};
use serde_json::json;

// Some conditions are odd on purpose, and the compiler says so.
#[allow(deprecated)]
mod comparisons {
    arazzo::arazzo_workflow!("language/comparisons.yml");
}
#[allow(deprecated)]
mod conditions {
    arazzo::arazzo_workflow!("language/conditions.yml");
}

/// Whether a workflow of one step and no inputs succeeds with the answers of this script.
macro_rules! passes {
    ($document:ident :: $workflow:ident, $script:expr) => {{
        let script: Script = $script;
        passed(&$document::$workflow(&script.client(), $document::$workflow::Inputs::new()).await)
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

mod composition;
mod operands;
mod operators;
