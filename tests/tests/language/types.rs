//! The Rust types of inputs and outputs, and what they hold.
//!
//! "Semantics" is the page that decides where the Arazzo Specification is silent. `exactly` is checked by the compiler.

use std::collections::BTreeMap;

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, book, book_with, exactly, json_of};
use serde_json::{Value, json};

mod inputs {
    arazzo::arazzo_workflow!("language/inputs.yml");
}
mod types {
    arazzo::arazzo_workflow!("language/types.yml");
}

use inputs::{page_through, send_everything, send_note, sign_in, strict};
use types::{end_early, jump_after_failure, loop_back, read_book, read_facts, read_price, skip_a_step};

fn shelf(name: &str) -> Value {
    json!({ "name": name })
}

// ---------------------------------------------------------------------------------------------------------------------
// Outputs
// ---------------------------------------------------------------------------------------------------------------------

fn full_book() -> Value {
    book_with(json!({
        "subtitle": "A novel",
        "format": "e-book",
        "translator": "Eva",
        "author": { "name": "Frank Herbert", "born": 1920, "homeTown": "Tacoma" },
        "editions": [{ "year": 1965, "note": "first" }, { "year": 1984 }],
        "stock": { "main": 2, "east": 0 },
    }))
}

// Semantics, Types of generated values: "`string` `String`, `integer` `i64` (`int32` `i32`), `number` `f64`, `boolean`
// `bool`, arrays `Vec<T>`, […] maps `BTreeMap<String, T>`"; "A pointer that passes only through `required` members
// yields `T`, otherwise `Option<T>`"; nullable is `Option<T>`.
#[tokio::test]
async fn outputs_have_the_types_that_the_api_declares() {
    let script = Script::new().on("GET /books/7").reply(200, full_book());
    let outputs = read_book(&script.client(), read_book::Inputs::new()).await.unwrap();

    exactly::<i64>(&outputs.id);
    exactly::<String>(&outputs.title);
    exactly::<Option<String>>(&outputs.subtitle);
    exactly::<f64>(&outputs.price);
    exactly::<bool>(&outputs.in_print);
    exactly::<i32>(&outputs.pages);
    exactly::<Option<String>>(&outputs.translator);
    exactly::<Option<String>>(&outputs.home_town);
    exactly::<Vec<String>>(&outputs.tags);
    exactly::<Option<i32>>(&outputs.first_year);
    exactly::<BTreeMap<String, i64>>(&outputs.stock);

    assert_eq!(outputs.id, 7);
    assert_eq!(outputs.title, "Dune");
    assert_eq!(outputs.subtitle.as_deref(), Some("A novel"));
    assert!((outputs.price - 9.5).abs() < f64::EPSILON);
    assert!(outputs.in_print);
    assert_eq!(outputs.pages, 412);
    assert_eq!(outputs.translator.as_deref(), Some("Eva"));
    assert_eq!(outputs.home_town.as_deref(), Some("Tacoma"));
    assert_eq!(outputs.tags, ["classic"]);
    assert_eq!(outputs.first_year, Some(1965));
    assert_eq!(
        outputs.stock,
        BTreeMap::from([(String::from("east"), 0), (String::from("main"), 2)])
    );
}

// The same lines: "objects with properties a generated struct".
#[tokio::test]
async fn objects_are_structs_and_may_be_nested() {
    let script = Script::new().on("GET /books/7").reply(200, full_book());
    let outputs = read_book(&script.client(), read_book::Inputs::new()).await.unwrap();

    exactly::<String>(&outputs.author.name);
    exactly::<Option<i32>>(&outputs.author.born);
    exactly::<Option<String>>(&outputs.author.home_town);
    assert_eq!(outputs.author.name, "Frank Herbert");
    assert_eq!(outputs.author.born, Some(1920));
    assert_eq!(outputs.author.home_town.as_deref(), Some("Tacoma"));

    let editions = outputs.editions.as_ref().expect("there are editions");
    assert_eq!(editions.len(), 2);
    exactly::<i32>(&editions[0].year);
    exactly::<Option<String>>(&editions[0].note);
    assert_eq!((editions[0].year, editions[0].note.as_deref()), (1965, Some("first")));
    assert_eq!((editions[1].year, editions[1].note.as_deref()), (1984, None));

    exactly::<String>(&outputs.book.title);
    exactly::<Option<String>>(&outputs.book.subtitle);
    exactly::<bool>(&outputs.book.in_print);
    exactly::<String>(&outputs.book.author.name);
    assert_eq!(outputs.book.author.name, "Frank Herbert");
    assert_eq!(outputs.book.stock["main"], 2);
}

// The same lines: "string enums a generated enum"; Names: "PascalCase variants".
#[tokio::test]
async fn choices_are_enums() {
    for (text, variant) in [
        ("hardcover", "Hardcover"),
        ("paperback", "Paperback"),
        ("e-book", "EBook"),
    ] {
        let script = Script::new()
            .on("GET /books/7")
            .reply(200, book_with(json!({ "format": text })));
        let outputs = read_book(&script.client(), read_book::Inputs::new()).await.unwrap();
        assert_eq!(format!("{:?}", outputs.format), variant);
        assert_eq!(json_of(&outputs.format), text);
    }
}

// The same lines: "Nullable or not required: `Option<T>`".
#[tokio::test]
async fn what_is_null_or_missing_is_none() {
    let script = Script::new().on("GET /books/7").reply(200, book());
    let outputs = read_book(&script.client(), read_book::Inputs::new()).await.unwrap();
    assert_eq!(outputs.subtitle, None);
    assert_eq!(outputs.translator, None);
    assert_eq!(outputs.home_town, None);
    assert_eq!(outputs.author.born, None);
    assert!(outputs.editions.is_none());
    assert_eq!(outputs.first_year, None);

    let changed = book_with(json!({ "author": { "name": "Anonymous", "homeTown": null }, "editions": [] }));
    let script = Script::new().on("GET /books/7").reply(200, changed);
    let outputs = read_book(&script.client(), read_book::Inputs::new()).await.unwrap();
    assert_eq!(outputs.home_town, None);
    assert_eq!(outputs.editions.map(|editions| editions.len()), Some(0));
    assert_eq!(outputs.first_year, None);
}

// The same lines: "anything else `serde_json::Value`".
#[tokio::test]
async fn what_is_not_declared_is_any_json() {
    let script = Script::new().on("GET /facts").reply(200, json!({ "a": [1, null] }));
    let outputs = read_facts(&script.client(), read_facts::Inputs::new()).await.unwrap();
    exactly::<Value>(&outputs.facts);
    assert_eq!(outputs.facts, json!({ "a": [1, null] }));
}

// Semantics, Types of generated values: "A response that breaks its own schema where an output needs it is an error that
// names step, output, pointer, what was expected and what was found, with the response attached."
#[tokio::test]
async fn a_response_that_breaks_its_promise_is_an_error_that_says_where() {
    for (price, found) in [
        (json!("cheap"), "string"),
        (json!(null), "null"),
        (json!([9.5]), "array"),
    ] {
        let script = Script::new()
            .on("GET /books/7")
            .reply(200, book_with(json!({ "price": price })));
        let error = read_price(&script.client(), read_price::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /books/7 200"]);
        assert!(matches!(error.kind(), ErrorKind::Response), "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        let message = error.to_string();
        for part in ["look", "cost", "/price", "number", found] {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
    }
}

// The same line: it does not matter where no output needs it.
#[tokio::test]
async fn a_response_may_break_its_promise_where_nobody_looks() {
    let changed = book_with(json!({ "title": 12, "pages": "many", "price": 4 }));
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, changed)
        .on("POST /log")
        .json(json!({ "cost": 4 }))
        .reply_empty(204);
    let outputs = read_price(&script.client(), read_price::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 200", "POST /log 204"]);
    assert!((outputs.cost - 4.0).abs() < f64::EPSILON);
}

// ---------------------------------------------------------------------------------------------------------------------
// Outputs that may be missing
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Types of generated values: "A workflow output is `T` when its source is definitely assigned on every path to
// the end, else `Option<T>` (dominance over the step graph, `end` and `goto` included)."
#[tokio::test]
async fn an_output_is_optional_only_where_its_step_may_be_jumped_over() {
    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, shelf("skip"))
        .on("GET /shelves/last")
        .reply(200, shelf("z"));
    let outputs = skip_a_step(&script.client(), skip_a_step::Inputs::new()).await.unwrap();
    exactly::<String>(&outputs.first);
    exactly::<Option<String>>(&outputs.middle);
    exactly::<String>(&outputs.last);
    exactly::<Option<i32>>(&outputs.slots);
    assert_eq!(
        (outputs.first.as_str(), outputs.middle, outputs.last.as_str()),
        ("skip", None, "z")
    );
    assert_eq!(outputs.slots, None);

    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, shelf("a"))
        .on("GET /shelves/middle")
        .reply(200, shelf("m"))
        .on("GET /shelves/last")
        .reply(200, json!({ "name": "z", "slots": 4 }));
    let outputs = skip_a_step(&script.client(), skip_a_step::Inputs::new()).await.unwrap();
    assert_eq!(outputs.middle.as_deref(), Some("m"));
    assert_eq!(outputs.slots, Some(4));
}

// The same line, for `end`.
#[tokio::test]
async fn an_output_is_optional_where_the_workflow_may_have_ended_before() {
    let script = Script::new().on("GET /shelves/first").reply(200, shelf("enough"));
    let outputs = end_early(&script.client(), end_early::Inputs::new()).await.unwrap();
    exactly::<String>(&outputs.first);
    exactly::<Option<String>>(&outputs.second);
    assert_eq!((outputs.first.as_str(), outputs.second), ("enough", None));

    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, shelf("a"))
        .on("GET /shelves/second")
        .reply(200, shelf("b"));
    let outputs = end_early(&script.client(), end_early::Inputs::new()).await.unwrap();
    assert_eq!((outputs.first.as_str(), outputs.second.as_deref()), ("a", Some("b")));
}

// The same line: a loop does not make anything optional.
#[tokio::test]
async fn an_output_is_not_optional_where_its_step_may_run_twice() {
    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, shelf("a"))
        .on("GET /shelves/second")
        .reply(200, shelf("again"))
        .on("GET /shelves/first")
        .reply(200, shelf("b"))
        .on("GET /shelves/second")
        .reply(200, shelf("c"));
    let outputs = loop_back(&script.client(), loop_back::Inputs::new()).await.unwrap();
    exactly::<String>(&outputs.first);
    exactly::<String>(&outputs.second);
    assert_eq!((outputs.first.as_str(), outputs.second.as_str()), ("b", "c"));
}

// The same line, with "A failed step records no outputs": a step from whose failure the workflow goes on.
#[tokio::test]
async fn an_output_is_optional_where_its_step_may_have_failed() {
    let script = Script::new()
        .on("GET /shelves/first")
        .reply(404, shelf("not a shelf"))
        .on("GET /shelves/second")
        .reply(503, json!({}))
        .on("GET /shelves/second")
        .reply(200, shelf("b"));
    let outputs = jump_after_failure(&script.client(), jump_after_failure::Inputs::new())
        .await
        .unwrap();
    exactly::<Option<String>>(&outputs.first);
    exactly::<String>(&outputs.second);
    assert_eq!((outputs.first, outputs.second.as_str()), (None, "b"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Inputs
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Types of generated values: "A `default` makes an input optional and supplies the value."
#[tokio::test]
async fn a_default_is_sent_where_the_input_is_not_given() {
    let script = Script::new()
        .on("GET /books?genre=sf&limit=25&inPrint=false")
        .reply(200, json!({ "items": [], "total": 0 }))
        .on("GET /books?genre=sf&limit=5&inPrint=true")
        .reply(200, json!({ "items": [], "total": 0 }));
    let client = script.client();
    page_through(&client, page_through::Inputs::new(String::from("sf")))
        .await
        .unwrap();
    let inputs = page_through::Inputs::new(String::from("sf")).limit(5).in_print(true);
    page_through(&client, inputs).await.unwrap();
    script.assert_requests(&[
        "GET /books?genre=sf&limit=25&inPrint=false 200",
        "GET /books?genre=sf&limit=5&inPrint=true 200",
    ]);
}

// The same line: a run need not be given such an input either.
#[tokio::test]
async fn a_run_does_not_wait_for_an_input_that_has_a_default() {
    let script = Script::new()
        .on("GET /books?genre=sf&limit=25&inPrint=false")
        .reply(200, json!({ "items": [], "total": 0 }));
    let mut run = page_through::Run::new(page_through::PartialInputs::new().genre("sf"));
    run.finish(&script.client()).await.unwrap();
    script.assert_trace(&["GET /books?genre=sf&limit=25&inPrint=false 200"]);
}

// Semantics, Types of generated values: "an input that is both is `Option<Option<T>>`, since null is sent and absence is
// not".
#[tokio::test]
async fn an_input_that_may_be_null_and_may_be_missing_tells_the_two_apart() {
    let mut inputs = send_note::Inputs::new(Some(String::from("ada")));
    exactly::<Option<String>>(&inputs.owner);
    exactly::<Option<Option<String>>>(&inputs.note);
    exactly::<Option<String>>(&inputs.shelf);
    inputs.note = None;
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "owner": "ada" }))
        .reply(200, json!({}));
    send_note(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);

    let mut inputs = send_note::Inputs::new(None::<String>);
    inputs.note = Some(None);
    inputs.shelf = Some(String::from("east"));
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "owner": null, "note": null, "shelf": "east" }))
        .reply(200, json!({}));
    send_note(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);

    let mut inputs = send_note::Inputs::new(None::<String>);
    inputs.note = Some(Some(String::from("fragile")));
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "owner": null, "note": "fragile" }))
        .reply(200, json!({}));
    send_note(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// The same: a stored run still knows whether it was null or missing.
#[tokio::test]
async fn a_stored_run_tells_null_from_missing() {
    for (note, body) in [
        (None, json!({ "owner": "ada" })),
        (Some(None), json!({ "owner": "ada", "note": null })),
        (Some(Some(String::from("x"))), json!({ "owner": "ada", "note": "x" })),
    ] {
        let mut inputs = send_note::Inputs::new(Some(String::from("ada")));
        inputs.note = note;
        let script = Script::new().on("POST /echo").json(body).reply(200, json!({}));
        let mut run = arazzo_tests::script::reload(&send_note::Run::new(inputs));
        run.finish(&script.client()).await.unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }
}

// Semantics, Types of generated values, for inputs.
#[tokio::test]
async fn inputs_have_the_types_that_the_document_declares() {
    let mut inputs = send_everything::Inputs::new();
    exactly::<Option<i32>>(&inputs.pages);
    exactly::<Option<i64>>(&inputs.copies);
    exactly::<Option<f64>>(&inputs.price);
    exactly::<Option<bool>>(&inputs.gift);
    exactly::<Option<Vec<String>>>(&inputs.tags);
    exactly::<Option<BTreeMap<String, i64>>>(&inputs.stock);
    exactly::<Option<Value>>(&inputs.extra);
    inputs.pages = Some(412);
    inputs.copies = Some(9_007_199_254_740_993);
    inputs.price = Some(9.5);
    inputs.gift = Some(false);
    inputs.tags = Some(vec![String::from("sf"), String::new()]);
    inputs.stock = Some(BTreeMap::from([(String::from("main"), 2)]));
    inputs.binding = Some(serde_json::from_value(json!("paper-back")).expect("one of the choices"));
    inputs.extra = Some(json!({ "any": [1] }));
    assert_eq!(format!("{:?}", inputs.binding), "Some(PaperBack)");

    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "pages": 412,
            "copies": 9_007_199_254_740_993_u64,
            "price": 9.5,
            "gift": false,
            "tags": ["sf", ""],
            "stock": { "main": 2 },
            "binding": "paper-back",
            "extra": { "any": [1] },
        }))
        .reply(200, json!({}));
    send_everything(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
    assert!(script.body(0).contains("9007199254740993"), "{}", script.body(0));
}

// Design, Per workflow: inputs are "checked against its schema before the first request, every violation listed".
#[tokio::test]
async fn inputs_that_break_their_schema_are_refused_before_anything_is_sent() {
    let script = Script::new();
    let error = strict(&script.client(), strict::Inputs::new(String::from("ad"), 51))
        .await
        .unwrap_err();
    script.assert_trace(&[]);
    assert!(matches!(error.kind(), ErrorKind::InvalidInput), "{error}");
    let message = error.to_string();
    assert!(message.contains("user") && message.contains("limit"), "{message}");

    let script = Script::new()
        .on("GET /books?genre=ada&limit=50")
        .reply(200, json!({ "items": [], "total": 0 }));
    strict(&script.client(), strict::Inputs::new(String::from("ada"), 50))
        .await
        .unwrap();
    script.assert_trace(&["GET /books?genre=ada&limit=50 200"]);
}

// Semantics, Types of generated values: "`format: password` is redacted in `Debug`".
#[tokio::test]
async fn a_password_is_sent_but_not_shown() {
    let inputs = sign_in::Inputs::new(String::from("ada"), String::from("open-sesame"));
    let shown = format!("{inputs:?}");
    assert!(shown.contains("ada"), "{shown}");
    assert!(!shown.contains("sesame"), "{shown}");

    let script = Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada", "secret": "open-sesame" }))
        .reply(401, json!({ "message": "unknown" }));
    let error = sign_in(&script.client(), inputs).await.unwrap_err();
    let shown = format!("{error:?}{error}");
    assert!(!shown.contains("sesame"), "{shown}");
    script.assert_trace(&["POST /sessions 401"]);
}
