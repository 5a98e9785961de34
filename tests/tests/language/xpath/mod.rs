//! XPath: conditions of steps and actions, Selector Objects, and the targets of replacements.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "XPath" the recommendation XPath 1.0, "semantics" the page that decides where
//! the specification is silent. Where no version is written down the specification means XPath 3.1; the expressions here
//! mean the same in both, but for those that say `xpath-10`.

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, json_of, passed};
use serde_json::{Map, Value, json};

mod actions {
    arazzo::arazzo_workflow!("../../../language/engines/xpath-actions.yml");
}
mod conditions {
    arazzo::arazzo_workflow!("../../../language/engines/xpath-conditions.yml");
}
mod replacements {
    arazzo::arazzo_workflow!("../../../language/engines/xpath-replacements.yml");
}
// A value that may be missing for a parameter that must be there is worth a warning; here it is always there.
#[allow(deprecated)]
mod selectors {
    arazzo::arazzo_workflow!("../../../language/engines/xpath-selectors.yml");
}
#[allow(deprecated)]
mod values {
    arazzo::arazzo_workflow!("../../../language/engines/xpath-values.yml");
}

use actions::route;
use conditions::{has_books_from_before, has_news, has_no_error, has_root_text};
use replacements::{replace_in_literal, replace_in_output, replace_or_fail};
use selectors::{select_later, select_outputs, select_parameters, select_payload};
use values::{
    at_place, dearer, dearer_than_before, not_titled, titled_among_quotes, titled_in_double_quotes, titled_in_function,
    titled_in_single_quotes,
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
            let script = catalogue($body);
            let actual = passes!(script, $workflow, $workflow::Inputs::new());
            script.assert_trace(&["GET /catalogue 200"]);
            assert_eq!(actual, $expected, "{} with {}", stringify!($workflow), $body);
        )+
    }};
}

fn catalogue(body: &str) -> Script {
    Script::new()
        .on("GET /catalogue")
        .reply_text(200, "application/xml", body)
}

/// A catalogue of one book.
fn titled(title: &str) -> Script {
    let title = escaped(title);
    catalogue(&format!("<catalogue><book><title>{title}</title></book></catalogue>"))
}

/// A text as it is written in XML, in an element or in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}

/// The text that is written like this in XML.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once(';').expect("a reference ends with a semicolon");
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        result.push(character.expect("the reference is known"));
        result.push_str(after);
    }
    result
}

/// An XML document as JSON: an element is an array of its name, its attributes and its children. White space between
/// elements does not count.
#[track_caller]
fn tree(document: &str) -> Value {
    let mut rest = document.trim();
    if rest.starts_with("<?xml") {
        rest = rest.split_once("?>").expect("the declaration ends").1.trim_start();
    }
    let (root, rest) = element(rest);
    assert!(rest.trim().is_empty(), "`{rest}` follows the root of `{document}`");
    root
}

fn element(text: &str) -> (Value, &str) {
    let text = text.strip_prefix('<').expect("an element starts here");
    let end = text
        .find(|character: char| character.is_whitespace() || matches!(character, '>' | '/'))
        .expect("the tag ends");
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Map::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (json!([name, attributes]), after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let (key, after) = rest.split_once('=').expect("an attribute has a value");
        let after = after.trim_start();
        let quote = if after.starts_with('\'') { '\'' } else { '"' };
        let after = after.strip_prefix(quote).expect("the value is quoted");
        let (value, after) = after.split_once(quote).expect("the value ends");
        assert!(!value.contains('<'), "`{value}` is no value of an attribute");
        attributes.insert(key.trim().to_owned(), json!(unescaped(value)));
        rest = after;
    }
    let mut children = vec![json!(name), Value::Object(attributes)];
    let mut content = String::new();
    loop {
        let (written, _) = rest.split_once('<').expect("the element ends");
        content.push_str(&unescaped(written));
        rest = &rest[written.len()..];
        if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let (raw, after) = after.split_once("]]>").expect("the character data end");
            content.push_str(raw);
            rest = after;
            continue;
        }
        let text = std::mem::take(&mut content);
        if !text.trim().is_empty() {
            children.push(json!(text));
        }
        if let Some(after) = rest.strip_prefix("</") {
            let (closed, after) = after.split_once('>').expect("the tag ends");
            assert_eq!(closed.trim_end(), name);
            return (Value::Array(children), after);
        }
        let (child, after) = element(rest);
        children.push(child);
        rest = after;
    }
}

/// A value with all its numbers as floating point numbers, to compare numbers whatever their Rust type is.
fn levelled(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(elements) => elements.into_iter().map(levelled).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, levelled(value)))
            .collect(),
        other => other,
    }
}

/// Titles that mean something in an expression or in XML.
const TITLES: [&str; 14] = [
    "Dune",
    "",
    "it's",
    "say \"it\"",
    "it's \"both\" 'n' \"\"",
    "'] or true() or ['",
    "\"] or true() or [\"",
    "' or '1'='1",
    "' or \"'\" = \"'",
    "{$inputs.title}",
    "a & <b> ]]>",
    "&apos;&#39;",
    "two\nlines",
    "\u{e9}\u{1f980}",
];

mod choices;
mod criteria;
mod operands;
mod replaced;
mod selected;
