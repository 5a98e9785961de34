//! Code that is the same for every workflow, and workflows that share the types of an API.

use arazzo::http::{Request, Response};
use arazzo::{AnyRun, AnyWorkflow, Bytes, Client, Error, ErrorKind, Progress, Run, StepName, Transport, Workflow};
use serde_json::{Value, json};

mod listed {
    arazzo::arazzo_workflow! {
        ["language/together/find.yml", "language/together/search.yml"],
        lints = { allow(unused_input, constraint_unchecked) },
    }
}
/// The third document of the directory, and none of the API descriptions in it.
mod directory {
    arazzo::arazzo_workflow! {
        "language/together/",
        lints = { allow(unused_input, constraint_unchecked) },
    }
}
mod alone {
    arazzo::arazzo_workflow!("language/together/find.yml");
}

use directory::{find_book, review_book, search_books};

fn book() -> Value {
    json!({
        "id": 7, "title": "Dune", "price": 9.5, "inPrint": true, "format": "paperback", "pages": 412, "translator": null,
        "author": { "name": "Frank Herbert", "born": 1920 }, "tags": ["desert"], "stock": { "front": 2 }, "rating": 4.5,
    })
}

/// Answers every request with this.
fn api(status: u16, body: Value) -> Client<impl Transport> {
    Client::builder()
        .transport(move |_: Request<Bytes>| {
            let body = Bytes::from(body.to_string());
            async move {
                let response = Response::builder()
                    .status(status)
                    .header("content-type", "application/json");
                response.body(body)
            }
        })
        .build()
        .expect("a client")
}

/// Advances a stored run, whatever its workflow is.
async fn resumed<W: Workflow>(client: &Client<impl Transport>, stored: &str) -> Result<(String, Run<W>), Error> {
    let mut run: Run<W> = serde_json::from_str(stored).expect("a stored run");
    let said = match run.advance_until_blocked(client).await? {
        Progress::Awaiting(inputs) => format!("{} needs {}", W::ID, inputs[0]),
        Progress::Done(outputs) => format!("{} returned {}", W::ID, serde_json::to_string(&outputs).expect("JSON")),
        _ => format!("{} goes on", W::ID),
    };
    Ok((said, run))
}

#[tokio::test]
async fn one_function_serves_every_workflow() {
    let client = api(200, book());
    let run = review_book::Run::new(review_book::PartialInputs::new().book_id(7));
    let stored = serde_json::to_string(&run).expect("a run");
    let (said, mut run) = resumed::<review_book::Workflow>(&client, &stored)
        .await
        .expect("no failure");
    assert_eq!(said, "review-book needs opinion");
    assert_eq!(run.step(), Some(review_book::Step::Write));
    run.inputs_mut().opinion = Some("good".to_owned());
    assert_eq!(run.finish(&client).await.expect("the end").book.title, "Dune");
    let run = find_book::Run::new(find_book::Inputs::new(7));
    let stored = serde_json::to_string(&run).expect("a run");
    let (said, _) = resumed::<find_book::Workflow>(&client, &stored)
        .await
        .expect("no failure");
    assert!(
        said.starts_with(r#"find-book returned {"book":{"id":7,"title":"Dune","#),
        "{said}"
    );
}

#[test]
fn a_workflow_says_what_it_is() {
    type Find = find_book::Workflow;
    assert_eq!(Find::ID, "find-book");
    assert!(
        Find::DOCUMENT.ends_with("language/together/find.yml"),
        "{}",
        Find::DOCUMENT
    );
    assert_eq!(Find::SUMMARY, Some("Finds a book by its number."));
    assert_eq!(Find::DESCRIPTION, None);
    assert_eq!(
        search_books::Workflow::DESCRIPTION,
        Some("Finds the first book that has a phrase in it.")
    );
    assert_eq!(Find::INPUTS, [find_book::Input::BookId]);
    assert_eq!(Find::STEPS, [find_book::Step::Look]);
    assert_eq!(Find::SOURCES, ["shelf"]);
    let step = StepName::from(find_book::Step::Look);
    assert_eq!(
        (step.file, step.workflow, step.step),
        (Find::DOCUMENT, "find-book", "look")
    );
}

fn schema(text: &str) -> Value {
    let schema: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    schema
}

#[test]
fn schemas_have_references_only_within() {
    let inputs = schema(find_book::Workflow::INPUTS_SCHEMA);
    assert_eq!(
        inputs["properties"],
        json!({ "bookId": { "type": "integer", "minimum": 1 } })
    );
    assert_eq!(inputs["required"], json!(["bookId"]));
    let inputs = schema(search_books::Workflow::INPUTS_SCHEMA);
    assert_eq!(inputs["properties"]["near"], json!({ "$ref": "#/$defs/Place" }));
    let place = json!({
        "type": "object", "properties": { "room": { "type": "string" }, "beside": { "$ref": "#/$defs/Place" } },
    });
    assert_eq!(
        inputs["$defs"],
        json!({ "Phrase": { "type": "string", "minLength": 2 }, "Place": place })
    );
    let outputs = schema(find_book::Workflow::OUTPUTS_SCHEMA);
    assert_eq!(outputs["properties"]["book"]["$ref"], "#/$defs/Book");
    assert_eq!(outputs["required"], json!(["book"]));
    let book = &outputs["$defs"]["Book"];
    assert_eq!(book["properties"]["title"], json!({ "type": "string" }));
    assert_eq!(
        book["properties"]["translator"],
        json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })
    );
    assert_eq!(
        book["properties"]["stock"],
        json!({ "type": "object", "additionalProperties": { "type": "integer" } })
    );
    let required = [
        "id", "title", "price", "inPrint", "format", "pages", "author", "tags", "stock",
    ];
    assert_eq!(book["required"], json!(required));
    assert_eq!(outputs["$defs"]["Author"]["required"], json!(["name"]));
}

/// The types of an API are the same for all workflows of a call, by whichever path they are named.
#[test]
fn workflows_share_the_types_of_an_api() {
    let book: find_book::types::Book = serde_json::from_value(book()).expect("a book");
    let shared: directory::shelf::types::Book = book.clone();
    let reviewed: review_book::types::Book = shared;
    assert_eq!(reviewed, book);
    let page = search_books::types::BookPage::new(vec![book], 1);
    assert_eq!((page.total, page.next, page.items.len()), (1, None, 1));
    // Another call has its own.
    let _: fn(listed::shelf::types::Book) -> listed::find_book::types::Book = |book| book;
    let _: Option<alone::find_book::types::Book> = None;
    // Types of inputs belong to the workflow.
    let near = search_books::types::Place::new().room("front");
    let inputs = search_books::Inputs::new("dune").near(search_books::types::Place::new().beside(near));
    assert_eq!(
        serde_json::to_value(&inputs).expect("JSON"),
        json!({ "phrase": "dune", "near": { "beside": { "room": "front" } } })
    );
}

/// Every member can be set from any crate, and is read and written as before.
#[test]
fn objects_can_be_built() {
    use directory::shelf::types::{Author, Book, BookFormat};
    let stock = std::collections::BTreeMap::from([("front".to_owned(), 2)]);
    let author = Author::new("Frank Herbert").born(1920);
    let mut built = Book::new(
        7,
        "Dune",
        9.5,
        true,
        BookFormat::Paperback,
        412,
        author,
        vec!["desert".into()],
        stock,
    );
    built.additional.insert("rating".to_owned(), json!(4.5));
    let read: Book = serde_json::from_value(book()).expect("a book");
    assert_eq!(read, built);
    let mut expected = book();
    // An absent value and null are the same for a member that need not be there.
    expected.as_object_mut().expect("an object").remove("translator");
    assert_eq!(serde_json::to_value(&built).expect("JSON"), expected);
    assert_eq!(BookFormat::Paperback.to_string(), "paperback");
    let other: BookFormat = serde_json::from_value(json!("scroll")).expect("a string");
    assert_eq!(other, BookFormat::Other("scroll".to_owned()));
    for (broken, message) in [
        (json!({ "id": "7" }), "expected an integer at `/id`, found a string"),
        (
            json!({ "author": { "born": 1 } }),
            "expected an object with the member `name` at `/author`, found an object",
        ),
        (
            json!({ "tags": ["a", 1] }),
            "expected a string at `/tags/1`, found a number",
        ),
        (
            json!({ "stock": { "a/b": null } }),
            "expected an integer at `/stock/a~1b`, found null",
        ),
        (json!({ "format": 1 }), "expected a string at `/format`, found a number"),
        (json!([]), "expected an object (`Book`), found an array"),
    ] {
        let mut value = book();
        match broken {
            Value::Object(members) => value.as_object_mut().expect("an object").extend(members),
            other => value = other,
        }
        let error = serde_json::from_value::<Book>(value).expect_err("not a book");
        assert_eq!(error.to_string(), message);
    }
    let twice = r#"{"name":"a","name":"b"}"#;
    assert!(
        serde_json::from_str::<Author>(twice).is_err(),
        "a member that is there twice"
    );
    let bytes = postcard::to_stdvec(&built).expect("bytes");
    assert_eq!(postcard::from_bytes::<Book>(&bytes).expect("a book"), built);
}

const WORKFLOWS: &[AnyWorkflow] = &[
    AnyWorkflow::of::<find_book::Workflow>(),
    AnyWorkflow::of::<search_books::Workflow>(),
    AnyWorkflow::of::<review_book::Workflow>(),
];

#[tokio::test]
async fn a_run_is_read_without_its_type() {
    let client = api(200, book());
    let review = WORKFLOWS[2];
    assert_eq!(
        (review.id(), review.inputs_schema()),
        ("review-book", review_book::Workflow::INPUTS_SCHEMA)
    );
    let mut run = review.start(&json!({})).expect("a run");
    // Only what the first step needs.
    assert_eq!((run.awaiting(), run.steps()), (vec!["bookId"], vec![]));
    run.set_input("bookId", &json!(7)).expect("an input");
    assert_eq!(run.awaiting(), Vec::<&str>::new());
    assert_eq!(
        run.advance_until_blocked(&client).await.expect("no failure"),
        Progress::Awaiting(vec!["opinion"])
    );
    assert_eq!(run.awaiting(), ["opinion"]);
    let [("look", outputs)] = &run.steps()[..] else {
        panic!("one step has succeeded: {:?}", run.steps());
    };
    assert_eq!(
        (outputs["book"]["title"].as_str(), outputs["book"]["rating"].as_f64()),
        (Some("Dune"), Some(4.5))
    );
    // It is stored in the same form.
    let stored = serde_json::to_string(&run).expect("a run");
    let typed: review_book::Run = serde_json::from_str(&stored).expect("a run");
    assert_eq!((typed.id(), typed.step()), (run.id(), Some(review_book::Step::Write)));
    let mut run = AnyRun::read(&stored, WORKFLOWS).expect("a run");
    assert_eq!(
        (run.workflow(), run.step(), run.outputs()),
        ("review-book", Some("write"), None)
    );
    assert_eq!(run.inputs(), json!({ "bookId": 7 }));
    run.set_input("opinion", &json!("good")).expect("an input");
    let outputs = run.finish(&client).await.expect("the end");
    assert_eq!(outputs["book"]["rating"], 4.5);
    assert_eq!((run.step(), run.outputs()), (None, Some(outputs)));
    assert!(run.awaiting().is_empty());
    let run = run.downcast::<find_book::Workflow>().expect_err("another workflow");
    assert_eq!(run.downcast::<review_book::Workflow>().expect("this one").step(), None);
}

#[test]
fn what_is_no_run_or_input_is_refused() {
    let refused = |stored: &str, workflows| {
        let error = AnyRun::read(stored, workflows).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Stored);
        error.to_string()
    };
    assert_eq!(refused("{}", WORKFLOWS), "not a stored run");
    let run = serde_json::to_string(&review_book::Run::new(review_book::PartialInputs::new())).expect("a run");
    let message = "the run belongs to workflow `review-book`, which is not in the list";
    assert_eq!(refused(&run, &WORKFLOWS[..2]), message);
    let start = |inputs| WORKFLOWS[0].start(&inputs).expect_err("refused").to_string();
    assert_eq!(
        start(json!({ "bookId": "7" })),
        "expected an integer at `/bookId`, found a string"
    );
    assert_eq!(
        start(json!({ "book": 7 })),
        "unknown input `book`: the inputs are `bookId`"
    );
    assert_eq!(start(json!([])), "the inputs are not a JSON object");
}

async fn failed(status: u16, body: Value) -> Error {
    let result = directory::find_book(&api(status, body), find_book::Inputs::new(7)).await;
    result.expect_err("a failure").into_error()
}

#[tokio::test]
async fn an_error_has_its_action_and_the_declared_response() {
    use find_book::errors::Look;
    let problem = || json!({ "message": "no such book" });
    let error = failed(404, problem()).await;
    assert_eq!((error.kind(), error.action()), (ErrorKind::Ended, Some("missing")));
    let Some(Look::Status404(declared)) = error.declared() else {
        panic!("{:?}", error.declared::<Look>());
    };
    assert_eq!(declared.message.as_deref(), Some("no such book"));
    assert_eq!(error.json::<Value>(), Some(problem()));
    assert_eq!(error.json::<directory::shelf::types::Problem>(), Some(declared));
    let error = failed(503, json!({ "message": 1 })).await;
    assert_eq!((error.kind(), error.action()), (ErrorKind::Criterion, None));
    assert_eq!(error.declared::<Look>(), None, "its body is not what its schema says");
    let error = failed(418, problem()).await;
    assert_eq!(
        error.declared::<Look>(),
        None,
        "the description does not declare this status"
    );
    assert_eq!(
        error.declared::<review_book::errors::Look>(),
        None,
        "a step of another workflow"
    );
}

/// Documents of one call are beside each other: what both define is an error.
#[test]
fn two_documents_of_a_call_cannot_define_the_same() {
    use arazzo_compiler::bundle::Options;
    use arazzo_compiler::source::Memory;

    let document = |workflow: &str, source: &str, url: &str| {
        format!(
            "arazzo: 1.0.1\ninfo: {{title: t, version: '1'}}\nsourceDescriptions: [{{name: {source}, url: {url}, type: openapi}}]\n\
             workflows: [{{workflowId: {workflow}, steps: [{{stepId: s, operationId: a}}]}}]\n"
        )
    };
    let api = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'https://a.example'}]\n\
               paths: {/a: {get: {operationId: a, responses: {'200': {description: ok}}}}}\n";
    let codes = |second: String| {
        let library = Memory::default()
            .with("one.yml", document("w", "api", "api.yml"))
            .with("two.yml", second)
            .with("api.yml", api)
            .with("other.yml", api);
        let options = Options {
            document: "one.yml".to_owned(),
            further: vec!["two.yml".to_owned()],
            ..Options::default()
        };
        let compilation = arazzo_compiler::compile(&options, &library);
        let errors = compilation
            .diagnostics
            .iter()
            .filter(|found| found.rule.code != "unused-source");
        errors.map(|found| found.rule.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(document("other", "api", "api.yml")), [""; 0]);
    assert_eq!(codes(document("w", "api", "api.yml")), ["duplicate-workflow-id"]);
    assert_eq!(codes(document("other", "api", "other.yml")), ["duplicate-source-name"]);
    assert_eq!(codes(document("other", "another", "other.yml")), [""; 0]);
}

/// The text of an id is that of the UUID (RFC 9562, section 4).
#[test]
fn ids_are_uuids() {
    let text = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
    let uuid: uuid::Uuid = text.parse().unwrap();
    let id = arazzo::RunId::from(uuid);
    assert_eq!(id.to_string(), text);
    assert_eq!(id.to_bytes(), *uuid.as_bytes());
    assert_eq!(uuid::Uuid::from(id), uuid);
}

/// What users keep in their own types (Rust API Guidelines, C-SEND-SYNC).
#[test]
fn public_types_are_send_and_sync() {
    fn both<T: Send + Sync + std::fmt::Debug>() {}
    both::<arazzo::AnyRun>();
    both::<arazzo::AnyWorkflow>();
    both::<arazzo::Blob>();
    both::<arazzo::BoxTransport>();
    both::<arazzo::Client>();
    both::<arazzo::ClientBuilder>();
    both::<arazzo::ClientCredentials>();
    both::<arazzo::ConnectError>();
    both::<arazzo::Credential>();
    both::<arazzo::Error>();
    both::<arazzo::Event<'_>>();
    both::<arazzo::Progress<u8, u8>>();
    both::<arazzo::Provided>();
    both::<arazzo::RunId>();
    both::<arazzo::metrics::Metrics>();
    both::<arazzo::testing::Recorder<arazzo::testing::Script>>();
    both::<arazzo::testing::Recording>();
    both::<arazzo::testing::Script>();
    both::<arazzo::tower::ServiceTransport<std::cell::Cell<u8>>>();
    both::<arazzo::tower::TransportService<arazzo::BoxTransport>>();
}
