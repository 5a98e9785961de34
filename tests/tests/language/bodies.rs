//! Replacements in payloads, JSON that is written as text, and the name of the document.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo_tests::script::Script;
use serde_json::{Value, json};

mod replacements {
    arazzo::arazzo_workflow!("language/replacements.yml");
}
mod self_named {
    arazzo::arazzo_workflow!("language/self.yml");
}
mod templates {
    arazzo::arazzo_workflow!("language/templates.yml");
}

use replacements::{replace_in_literal, replace_in_output};
use self_named::name_itself;
use templates::{fill_in, fill_in_raw};

// Spec, Payload Replacement Object: "`target` MUST be interpreted as JSON Pointer if the payload is `application/json`";
// the value "can be a constant, a Runtime Expression".
#[tokio::test]
async fn replacements_change_members_of_a_payload() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "lines": [{ "title": "Dune", "copies": 3 }, { "title": "kept" }],
            "a/b": [1, null, "two"],
            "m~n": { "nested": true },
            "text": "3 copies of Dune",
        }))
        .reply(200, json!({}));
    let inputs = replace_in_literal::Inputs::new(String::from("Dune"), 3);
    replace_in_literal(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "`replacements` apply after the payload is evaluated".
#[tokio::test]
async fn replacements_change_members_of_what_came_from_the_api() {
    let script = Script::new()
        .on("GET /facts")
        .reply(
            200,
            json!({ "order": { "line": { "title": "old", "copies": 1 }, "x": [null] }, "title": "new" }),
        )
        .on("POST /echo")
        .json(json!({ "line": { "title": "new", "copies": 1 }, "x": [null] }))
        .reply(200, json!({}));
    replace_in_output(&script.client(), replace_in_output::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Semantics, Requests: "a target that resolves to nothing is an error"; Steps and control flow: a local failure.
#[tokio::test]
async fn a_replacement_without_a_target_is_an_error_that_names_it() {
    for order in [
        json!({ "x": 1 }),
        json!({ "line": { "copies": 1 } }),
        json!({ "line": "title" }),
        json!([]),
    ] {
        let script = Script::new()
            .on("GET /facts")
            .reply(200, json!({ "order": order, "title": "new" }));
        let error = replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /facts 200"]);
        assert!(error.to_string().contains("/line/title"), "{error}");
        assert!(format!("{:?}", error.step()).contains("send"), "{:?}", error.step());
        assert_eq!(error.status(), None);
    }
}

fn filled(title: &str, author: &Value, author_as_text: &str) -> Value {
    let mut expected = json!({
        "title": title,
        "copies": 3,
        "copies-as-text": "3",
        "gift": false,
        "author": author,
        "author-as-text": author_as_text,
        "list": [3, format!("for {title}!")],
    });
    expected[title] = json!(true);
    expected
}

// Spec, Request Body Object: "A JSON templated example".
#[tokio::test]
async fn values_are_filled_into_json_that_is_written_as_text() {
    let author = json!({ "born": 1920, "name": "Frank" });
    let script = Script::new()
        .on("POST /echo")
        .json(filled("Dune", &author, r#"{"born":1920,"name":"Frank"}"#))
        .reply(200, json!({}));
    fill_in(
        &script.client(),
        fill_in::Inputs::new(String::from("Dune"), 3, false, author),
    )
    .await
    .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Values: "Embedding inside a string literal of a JSON template […] is escaped for that literal, so that a
// value can never change the structure around it". A value is not looked at for further expressions.
#[tokio::test]
async fn values_cannot_break_out_of_json_that_is_written_as_text() {
    for title in [
        r#"x", "admin": "yes"#,
        r"back\slash",
        r#"\"#,
        "two\nlines\tand a tab",
        "\u{1}\u{1f}\u{2028}é🦀",
        "{$inputs.copies}",
        "}{",
    ] {
        let author = json!({ "name": "F. \"Spice\" H\\" });
        let script = Script::new()
            .on("POST /echo")
            .json(filled(title, &author, r#"{"name":"F. \"Spice\" H\\"}"#))
            .reply(200, json!({}));
        fill_in(
            &script.client(),
            fill_in::Inputs::new(String::from(title), 3, false, author),
        )
        .await
        .unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }
}

// Semantics, Steps and control flow: "a template that is not JSON" is a local failure; Requests: it is "checked to be
// JSON first".
#[tokio::test]
async fn a_text_that_does_not_become_json_is_an_error_before_anything_is_sent() {
    for title in ["Dune", "", "1 2", "{"] {
        let script = Script::new();
        let inputs = fill_in_raw::Inputs::new(String::from(title));
        let error = fill_in_raw(&script.client(), inputs).await.unwrap_err();
        script.assert_trace(&[]);
        assert!(format!("{:?}", error.step()).contains("send"), "{:?}", error.step());
        assert_eq!(error.status(), None);
    }
}

// Spec, Runtime Expressions, Examples: `$self` "References the canonical URI of the current Arazzo Description". Semantics,
// Values: "a source whose resolved URI lies beside it is read from the file that lies in the same place beside the
// document".
#[tokio::test]
async fn a_document_can_name_itself() {
    let name = "https://shelf.example/flows/self.yml";
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "from": name, "text": format!("<{name}>") }))
        .reply(200, json!({}));
    name_itself(&script.client(), name_itself::Inputs::new()).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}
