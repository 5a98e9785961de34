//! Every example in the text of the Arazzo Specification, versions 1.0.1 and 1.1.0, in other words and run.
//!
//! A comment names the version, the section and the example. Bodies that are not JSON are in `spec_bodies.rs`, examples
//! that are doubtful in `spec_doubtful.rs`. "Semantics" is the page that decides where the specification is silent.

mod script;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};
use script::{Script, exactly, json_of};
use serde_json::{Value, json};

// Some examples are warned about, and are written here as the specification writes them: outputs that nobody reads, a
// header that the description does not declare, values that may be missing. Hence `deprecated`, which warnings use.

/// Documents of version 1.0.1.
#[allow(deprecated)]
mod v1_0 {
    pub mod actions {
        arazzo::arazzo_workflow!("../language/spec/1.0/actions.yml");
    }
    pub mod components {
        arazzo::arazzo_workflow!("../language/spec/1.0/components.yml");
    }
    pub mod components_in_json {
        arazzo::arazzo_workflow!("../language/spec/1.0/components.json");
    }
    pub mod criteria {
        arazzo::arazzo_workflow!("../language/spec/1.0/criteria.yml");
    }
    pub mod expression_types {
        arazzo::arazzo_workflow!("../language/spec/1.0/expression-types.yml");
    }
    pub mod expressions {
        arazzo::arazzo_workflow!("../language/spec/1.0/expressions.yml");
    }
    pub mod formats {
        arazzo::arazzo_workflow!("../language/spec/1.0/formats.yml");
    }
    pub mod opening {
        arazzo::arazzo_workflow!("../language/spec/1.0/opening.yml");
    }
    pub mod ordering {
        arazzo::arazzo_workflow!("../language/spec/1.0/ordering.yml");
    }
    pub mod parameters {
        arazzo::arazzo_workflow!("../language/spec/1.0/parameters.yml");
    }
    pub mod payloads {
        arazzo::arazzo_workflow!("../language/spec/1.0/payloads.yml");
    }
}

/// The same documents, of version 1.1.0.
#[allow(deprecated)]
mod v1_1 {
    pub mod actions {
        arazzo::arazzo_workflow!("../language/spec/1.1/actions.yml");
    }
    pub mod components {
        arazzo::arazzo_workflow!("../language/spec/1.1/components.yml");
    }
    pub mod components_in_json {
        arazzo::arazzo_workflow!("../language/spec/1.1/components.json");
    }
    pub mod criteria {
        arazzo::arazzo_workflow!("../language/spec/1.1/criteria.yml");
    }
    pub mod expression_types {
        arazzo::arazzo_workflow!("../language/spec/1.1/expression-types.yml");
    }
    pub mod expressions {
        arazzo::arazzo_workflow!("../language/spec/1.1/expressions.yml");
    }
    pub mod formats {
        arazzo::arazzo_workflow!("../language/spec/1.1/formats.yml");
    }
    pub mod opening {
        arazzo::arazzo_workflow!("../language/spec/1.1/opening.yml");
    }
    pub mod ordering {
        arazzo::arazzo_workflow!("../language/spec/1.1/ordering.yml");
    }
    pub mod parameters {
        arazzo::arazzo_workflow!("../language/spec/1.1/parameters.yml");
    }
    pub mod payloads {
        arazzo::arazzo_workflow!("../language/spec/1.1/payloads.yml");
    }
}

mod action_parameters {
    arazzo::arazzo_workflow!("../language/spec/action-parameters.yml");
}
#[allow(deprecated)]
mod document_1_0 {
    arazzo::arazzo_workflow!("../language/spec/document-1.0.yml");
}
#[allow(deprecated)]
mod document_1_1 {
    arazzo::arazzo_workflow!("../language/spec/document-1.1.yml");
}
mod embedded_criteria {
    arazzo::arazzo_workflow!("../language/spec/embedded-criteria.yml");
}
mod evaluation {
    arazzo::arazzo_workflow!("../language/spec/evaluation.yml");
}
#[allow(deprecated)]
mod expressions_1_1 {
    arazzo::arazzo_workflow!("../language/spec/expressions-1.1.yml");
}
mod fragments {
    arazzo::arazzo_workflow! {
        "../language/spec/fragments.yml",
        sources = { bakeryApi = "../language/spec/bakery-api.yml" },
    }
}
mod identity {
    arazzo::arazzo_workflow! {
        "../language/spec/identity.yml",
        sources = { stock = "../language/spec/mirror/stock-copy.yml" },
    }
}
mod order_of_steps {
    arazzo::arazzo_workflow!("../language/spec/order-of-steps.yml");
}
mod querystring {
    arazzo::arazzo_workflow!("../language/spec/querystring.yml");
}
mod relative_self {
    arazzo::arazzo_workflow!("../language/spec/relative/relative-self.yml");
}
mod remote_source {
    arazzo::arazzo_workflow! {
        "../language/spec/remote-source.yml",
        sources = { bakeryApi = "../language/spec/bakery-api.yml" },
    }
}
mod replacements {
    arazzo::arazzo_workflow!("../language/spec/replacements.yml");
}
mod selectors {
    arazzo::arazzo_workflow!("../language/spec/selectors.yml");
}
mod with_self {
    arazzo::arazzo_workflow!("../language/spec/flows/with-self.yml");
}
mod without_self {
    arazzo::arazzo_workflow!("../language/spec/flows/without-self.yml");
}

/// Runs a block with the documents of version 1.0.1, and again with the same documents of version 1.1.0.
macro_rules! in_both_versions {
    ($body:block) => {{
        {
            use crate::v1_0::*;
            $body
        }
        {
            use crate::v1_1::*;
            $body
        }
    }};
}

/// Whether a workflow without inputs succeeds where its one request is answered like this.
macro_rules! passes {
    ($document:ident :: $workflow:ident, $script:expr) => {{
        let script: Script = $script;
        let result = $document::$workflow(&client(&script), $document::$workflow::Inputs::new()).await;
        assert_eq!(script.trace().len(), 1);
        if let Err(error) = &result {
            assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
        }
        result.is_ok()
    }};
}

/// Checks a workflow of one criterion against response bodies.
macro_rules! check {
    ($document:ident :: $workflow:ident: $($body:expr => $expected:expr),+ $(,)?) => {
        $(
            let body: Value = $body;
            let script = Script::new().on("GET /counter").reply(200, body.clone());
            let actual = passes!($document::$workflow, script);
            assert_eq!(actual, $expected, "{} with {body}", stringify!($workflow));
        )+
    };
}

/// A client for the servers that the descriptions name.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .max_retry_after(Duration::from_secs(86_400))
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn problem() -> Value {
    json!({ "message": "not now" })
}

fn rye() -> Value {
    json!({ "id": "rye", "kind": "sourdough" })
}

fn xml(request: &str, body: &str) -> Script {
    Script::new().on(request).reply_text(200, "application/xml", body)
}

// The two halves of `in_both_versions` say something about the versions only while nothing else differs.
#[test]
fn the_documents_of_both_versions_differ_in_their_version_alone() {
    macro_rules! both {
        ($($name:literal),+) => {
            [$(
                (
                    $name,
                    include_str!(concat!("../language/spec/1.0/", $name)),
                    include_str!(concat!("../language/spec/1.1/", $name)),
                ),
            )+]
        };
    }
    let documents = both!(
        "actions.yml",
        "billing.yml",
        "bodies.yml",
        "components.json",
        "components.yml",
        "criteria.yml",
        "expression-types.yml",
        "expressions.yml",
        "formats.yml",
        "opening.yml",
        "ordering.yml",
        "parameters.yml",
        "payloads.yml"
    );
    for (name, older, newer) in documents {
        assert_eq!(older.replacen("1.0.1", "1.1.0", 1), newer, "{name}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Data types, documents, sources
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1 and 1.1.0, Data Types: the rows `int32`, `int64`, `float`, `double` and `password` of the table of formats.
// Semantics, Types of generated values: "`integer` `i64` (`int32` `i32`), `number` `f64`"; "`format: password` is
// redacted in `Debug`".
#[tokio::test]
async fn inputs_may_have_every_format() {
    in_both_versions!({
        let script = Script::new()
            .on("POST /notes")
            .json(json!({
                "trays": -7,
                "crumbs": 9_007_199_254_740_993_i64,
                "share": 0.5,
                "weight": 2.25,
                "pin": "4711-hush",
                "x-sent": true,
            }))
            .reply_empty(204);
        let inputs =
            formats::send_formats::Inputs::new(-7, 9_007_199_254_740_993_i64, 0.5, 2.25, String::from("4711-hush"));
        exactly::<i32>(&inputs.trays);
        exactly::<i64>(&inputs.crumbs);
        exactly::<f64>(&inputs.share);
        exactly::<f64>(&inputs.weight);
        assert!(!format!("{inputs:?}").contains("hush"), "{inputs:?}");
        formats::send_formats(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Specification Extensions: `x-internal-id`, and "The value MAY be `null`, a primitive, an array or an
// object." They stand on every object that may be extended and change nothing; in a payload such a name is a name.
#[tokio::test]
async fn extensions_change_nothing() {
    in_both_versions!({
        let script = Script::new().on("POST /notes").reply(200, json!(null));
        let inputs = formats::send_formats::Inputs::new(1, 2, 3.5, 4.5, String::from("5"));
        let error = formats::send_formats(&client(&script), inputs).await.unwrap_err();
        script.assert_trace(&["POST /notes 200"]);
        assert!(matches!(error.kind(), ErrorKind::Ended), "{error}");
        let sent: Value = serde_json::from_str(&script.body(0)).unwrap();
        assert_eq!(sent["x-sent"], true);
    });
}

// 1.0.1, Arazzo Specification Object, example: the whole document. Info Object, example: its title, summary,
// description and version.
#[tokio::test]
async fn a_whole_document_of_version_1_0() {
    use document_1_0::open_till_and_find_loaves;

    let script = Script::new()
        .on("GET /till?baker=ada&pin=4711")
        .reply_with(
            200,
            &[("X-Closes-At", "2031-05-04T18:00:00Z"), ("X-Moves-Left", "12")],
            json!("key-9"),
        )
        .on("GET /loaves/byState?state=fresh")
        .header("authorization", "key-9")
        .reply(200, json!([rye()]));
    let inputs = open_till_and_find_loaves::Inputs::new().baker("ada").pin("4711");
    let outputs = open_till_and_find_loaves(&client(&script), inputs).await.unwrap();
    script.assert_trace(&[
        "GET /till?baker=ada&pin=4711 200",
        "GET /loaves/byState?state=fresh 200",
    ]);
    assert_eq!(json_of(&outputs.fresh), json!([rye()]));
}

// The same: the criteria of each step say whether the workflow goes on.
#[tokio::test]
async fn a_whole_document_of_version_1_0_fails_where_a_criterion_does() {
    use document_1_0::open_till_and_find_loaves;

    let script = Script::new().on("GET /till?baker=ada").reply(401, problem());
    let inputs = open_till_and_find_loaves::Inputs::new().baker("ada");
    let error = open_till_and_find_loaves(&client(&script), inputs).await.unwrap_err();
    script.assert_trace(&["GET /till?baker=ada 401"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));

    let script = Script::new()
        .on("GET /till")
        .reply(200, json!("key-9"))
        .on("GET /loaves/byState?state=fresh")
        .reply(403, problem());
    let error = open_till_and_find_loaves(&client(&script), open_till_and_find_loaves::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /till 200", "GET /loaves/byState?state=fresh 403"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

const OPENED: &str = "GET /till?baker=ada&pin=4711";

fn opened() -> Script {
    Script::new()
        .on(OPENED)
        .reply_with(200, &[("X-Moves-Left", "3")], json!("key-9"))
}

// 1.1.0, Arazzo Specification Object, example, with a second OpenAPI description in the place of the AsyncAPI one:
// `$self`, operations qualified by their source, an `operationPath`, an `end` with a criterion, a `timeout`. Info
// Object, example.
#[tokio::test]
async fn a_whole_document_of_version_1_1() {
    use document_1_1::open_till_and_deliver_loaf;

    let script = opened()
        .on("GET /loaves/byState?state=fresh")
        .header("authorization", "key-9")
        .reply(200, json!([rye(), { "id": "oat", "kind": "flat" }]))
        .on("POST /deliveries")
        .header("x-trace", "t-5")
        .json(json!({ "loafId": "rye" }))
        .reply_empty(202)
        .on("GET /deliveries/t-5")
        .reply(200, json!({ "orderId": "o-77" }));
    let inputs = open_till_and_deliver_loaf::Inputs::new(String::from("t-5"))
        .baker("ada")
        .pin("4711");
    let outputs = open_till_and_deliver_loaf(&client(&script), inputs).await.unwrap();
    script.assert_requests(&[
        "GET /till?baker=ada&pin=4711 200",
        "GET /loaves/byState?state=fresh 200",
        "POST /deliveries 202",
        "GET /deliveries/t-5 200",
    ]);
    assert_eq!(json_of(&outputs.order_id), "o-77");
}

// The same: nothing is there, so that the first element of the list is null, and the workflow ends.
#[tokio::test]
async fn a_whole_document_of_version_1_1_may_end_early() {
    use document_1_1::open_till_and_deliver_loaf;

    let script = opened().on("GET /loaves/byState?state=fresh").reply(200, json!([]));
    let inputs = open_till_and_deliver_loaf::Inputs::new(String::from("t-5"))
        .baker("ada")
        .pin("4711");
    let outputs = open_till_and_deliver_loaf(&client(&script), inputs).await.unwrap();
    script.assert_trace(&[
        "GET /till?baker=ada&pin=4711 200",
        "GET /loaves/byState?state=fresh 200",
    ]);
    assert_eq!(json_of(&outputs.order_id), Value::Null);
}

// The same, `timeout`: after that many milliseconds the step fails, and with it the workflow.
#[tokio::test]
async fn a_whole_document_of_version_1_1_does_not_wait_for_ever() {
    use document_1_1::open_till_and_deliver_loaf;

    let script = opened()
        .on("GET /loaves/byState?state=fresh")
        .reply(200, json!([rye()]))
        .on("POST /deliveries")
        .reply_empty(202)
        .on("GET /deliveries/t-5")
        .stays_silent();
    let inputs = open_till_and_deliver_loaf::Inputs::new(String::from("t-5"))
        .baker("ada")
        .pin("4711");
    let error = open_till_and_deliver_loaf(&client(&script), inputs).await.unwrap_err();
    script.assert_requests(&[
        "GET /till?baker=ada&pin=4711 200",
        "GET /loaves/byState?state=fresh 200",
        "POST /deliveries 202",
        "GET /deliveries/t-5 silence",
    ]);
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    assert_eq!(error.status(), None);
    assert_eq!(script.waits().last(), Some(&Duration::from_secs(6)));
}

// 1.0.1 and 1.1.0, Source Description Object, example: a description whose `url` leads elsewhere. Versions: there is no
// "distinction between 1.0.0 and 1.0.1"; the document says 1.0.0.
#[tokio::test]
async fn a_source_description_may_lie_elsewhere() {
    use remote_source::read_till;

    let script = Script::new()
        .on("GET /till")
        .reply(200, json!("key-9"))
        .on("POST /notes")
        .json(json!({ "from": "https://git.bakery.example/main/resources/bakery.yaml" }))
        .reply_empty(204);
    let outputs = read_till(&client(&script), read_till::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /till 200", "POST /notes 204"]);
    assert_eq!(json_of(&outputs.key), "key-9");
}

// 1.1.0, Resolving URI Fragments, example: the fragment of an `operationPath` is a JSON Pointer into the description.
#[tokio::test]
async fn the_fragment_of_an_operation_path_is_a_json_pointer() {
    use fragments::count_trays;

    let script = Script::new().on("GET /trays").reply(200, json!({ "count": 14 }));
    let outputs = count_trays(&client(&script), count_trays::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /trays 200"]);
    assert_eq!(json_of(&outputs.count), 14);
}

// ---------------------------------------------------------------------------------------------------------------------
// Workflows and steps
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1 and 1.1.0, Workflow Object, example.
#[tokio::test]
async fn a_workflow_by_itself() {
    in_both_versions!({
        use opening::open_till;

        let script = Script::new().on("GET /till?baker=ada&pin=4711").reply_with(
            200,
            &[("X-Closes-At", "2031-05-04T18:00:00Z"), ("X-Moves-Left", "12")],
            json!("key-9"),
        );
        let inputs = open_till::Inputs::new().baker("ada").pin("4711");
        let outputs = open_till(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /till?baker=ada&pin=4711 200"]);
        assert_eq!(json_of(&outputs.closes_at), "2031-05-04T18:00:00Z");

        let script = Script::new().on("GET /till").reply(200, json!("key-9"));
        let outputs = open_till(&client(&script), open_till::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /till 200"]);
        assert_eq!(json_of(&outputs.closes_at), Value::Null);
    });
}

// 1.0.1, Step Object, example "Single step"; 1.1.0, Step Object, "A single step example".
#[tokio::test]
async fn a_single_step() {
    in_both_versions!({
        use opening::open_till_once;

        let script = Script::new().on("GET /till?baker=ada&pin=4711").reply_with(
            200,
            &[("X-Closes-At", "2031-05-04T18:00:00Z"), ("X-Moves-Left", "12")],
            json!("key-9"),
        );
        let inputs = open_till_once::PartialInputs::new().baker("ada").pin("4711");
        let mut run = open_till_once::Run::new(inputs);
        run.finish(&client(&script)).await.unwrap();
        script.assert_trace(&["GET /till?baker=ada&pin=4711 200"]);
        let opened = run.steps().open_step().expect("the step has succeeded");
        assert_eq!(json_of(&opened.closes_at), "2031-05-04T18:00:00Z");
        assert_eq!(json_of(&opened.moves_left), 12);

        // Another status of success is not the one that the step asks for.
        let script = Script::new().on("GET /till").reply_empty(204);
        let error = open_till_once(&client(&script), open_till_once::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /till 204"]);
        assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    });
}

// 1.0.1, Step Object, example "Multiple steps"; 1.1.0, Step Object, "A multiple step example".
#[tokio::test]
async fn two_steps() {
    in_both_versions!({
        use opening::open_till_then_find;

        let script = Script::new()
            .on("GET /till?baker=ada&pin=4711")
            .reply_with(200, &[("X-Moves-Left", "0")], json!("key-9"))
            .on("GET /loaves/byState?state=fresh")
            .header("authorization", "key-9")
            .reply(200, json!([rye()]));
        let inputs = open_till_then_find::PartialInputs::new().baker("ada").pin("4711");
        let mut run = open_till_then_find::Run::new(inputs);
        run.finish(&client(&script)).await.unwrap();
        script.assert_trace(&[
            "GET /till?baker=ada&pin=4711 200",
            "GET /loaves/byState?state=fresh 200",
        ]);
        let opened = run.steps().open_step().expect("the first step has succeeded");
        assert_eq!(json_of(&opened.till_key), "key-9");
        assert_eq!(json_of(&opened.moves_left), 0);
        assert_eq!(json_of(&opened.closes_at), Value::Null);
        let found = run.steps().find_step().expect("the second step has succeeded");
        assert_eq!(json_of(&found.fresh_loaves), json!([rye()]));
    });
}

// 1.1.0, Step Object, dependsOn: "specify the `stepId` directly (e.g., `authStep`)"; Tool Behavior: "Tools MUST respect
// all declared `dependsOn` relationships." The asynchronous example has a `timeout` beside it.
#[tokio::test]
async fn a_step_comes_after_the_one_that_it_depends_on() {
    use order_of_steps::order_then_note;

    let script = Script::new()
        .on("POST /orders")
        .json(json!({ "cake": "rye" }))
        .reply(201, json!({ "orderId": 41, "price": 30 }))
        .on("POST /notes")
        .json(json!({ "orderId": 41 }))
        .reply_empty(204);
    order_then_note(&client(&script), order_then_note::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["POST /orders 201", "POST /notes 204"]);

    let script = Script::new().on("POST /orders").reply(503, problem());
    let error = order_then_note(&client(&script), order_then_note::Inputs::new())
        .await
        .unwrap_err();
    script.assert_requests(&["POST /orders 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// 1.0.1 and 1.1.0, Step Object, workflowId: `$sourceDescriptions.<name>.<workflowId>`; Source Description Object, type:
// `arazzo`. Components Object: "the components in "A" are not considered when evaluating the workflow referenced in
// "B"": both documents have a parameter of the same name, with different values.
#[tokio::test]
async fn a_step_may_call_a_workflow_of_another_document() {
    in_both_versions!({
        use ordering::order_and_charge;

        let script = Script::new()
            .on("POST /orders")
            .header("x-branch", "north")
            .json(json!({ "cake": "rye" }))
            .reply(201, json!({ "orderId": 41, "price": 30 }))
            .on("POST /charges")
            .header("x-branch", "south")
            .json(json!({ "amount": 30, "payer": "eva" }))
            .reply(201, json!({ "receipt": "r-1" }));
        let inputs = order_and_charge::Inputs::new(String::from("rye"), String::from("eva"));
        let outputs = order_and_charge(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201", "POST /charges 201"]);
        assert_eq!(json_of(&outputs.receipt), "r-1");

        let script = Script::new()
            .on("POST /orders")
            .reply(201, json!({ "orderId": 41, "price": 30 }))
            .on("POST /charges")
            .reply_empty(409);
        let inputs = order_and_charge::Inputs::new(String::from("rye"), String::from("eva"));
        let error = order_and_charge(&client(&script), inputs).await.unwrap_err();
        script.assert_trace(&["POST /orders 201", "POST /charges 409"]);
        assert!(!matches!(error.kind(), ErrorKind::Ended), "{error}");
    });
}

// The same: a workflow of another document can be called by itself.
#[tokio::test]
async fn a_workflow_of_another_document_has_a_function_as_well() {
    in_both_versions!({
        use ordering::billing_charge;

        let script = Script::new()
            .on("POST /charges")
            .header("x-branch", "south")
            .json(json!({ "amount": 12 }))
            .reply(201, json!({ "receipt": "r-2" }));
        let outputs = billing_charge(&client(&script), billing_charge::Inputs::new(12))
            .await
            .unwrap();
        script.assert_trace(&["POST /charges 201"]);
        assert_eq!(json_of(&outputs.receipt), "r-2");
    });
}

// 1.0.1 and 1.1.0, Failure Action Object, workflowId: `$sourceDescriptions.<name>.<workflowId>`; "When used with
// `retry`, context transfers back upon completion of the specified workflow."
#[tokio::test]
async fn a_retry_may_run_a_workflow_of_another_document_first() {
    in_both_versions!({
        use ordering::order_on_credit;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cake": "rye" }))
            .reply(402, problem())
            .on("POST /credits")
            .reply_empty(204)
            .on("POST /orders")
            .json(json!({ "cake": "rye" }))
            .reply(201, json!({ "orderId": 42, "price": 30 }));
        let outputs = order_on_credit(&client(&script), order_on_credit::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["POST /orders 402", "POST /credits 204", "POST /orders 201"]);
        assert_eq!(json_of(&outputs.order_id), 42);
    });
}

// 1.0.1 and 1.1.0, Success Action Object and Failure Action Object, workflowId:
// `$sourceDescriptions.<name>.<workflowId>` with a `goto`. Semantics: "the result of the call is that of the target".
#[tokio::test]
async fn an_action_may_go_on_in_a_workflow_of_another_document() {
    in_both_versions!({
        use ordering::{last_order, order_unless_broke};

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cake": "oat" }))
            .reply(201, json!({ "orderId": 43, "price": 30 }))
            .on("POST /closings")
            .reply(201, json!({ "sum": 8128 }));
        let outcome = last_order(&client(&script), last_order::Inputs::new()).await.unwrap();
        script.assert_trace(&["POST /orders 201", "POST /closings 201"]);
        assert!(format!("{outcome:?}").contains("8128"), "{outcome:?}");

        let script = Script::new()
            .on("POST /orders")
            .reply(402, problem())
            .on("POST /closings")
            .reply(201, json!({ "sum": 496 }));
        let outcome = order_unless_broke(&client(&script), order_unless_broke::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["POST /orders 402", "POST /closings 201"]);
        assert!(format!("{outcome:?}").contains("496"), "{outcome:?}");

        let script = Script::new().on("POST /orders").reply(503, problem());
        let error = order_unless_broke(&client(&script), order_unless_broke::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["POST /orders 503"]);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    });
}

// 1.1.0, Success Action Object, parameters: "A list of parameters that MUST be passed to a workflow as referenced by
// `workflowId`."
#[tokio::test]
async fn an_action_passes_parameters_to_a_workflow_of_another_document() {
    use action_parameters::order_and_leave;

    let script = Script::new()
        .on("POST /orders")
        .reply(201, json!({ "orderId": 44, "price": 35 }))
        .on("POST /charges")
        .header("x-branch", "south")
        .json(json!({ "amount": 35 }))
        .reply(201, json!({ "receipt": "r-35" }));
    let outcome = order_and_leave(&client(&script), order_and_leave::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /orders 201", "POST /charges 201"]);
    assert!(format!("{outcome:?}").contains("r-35"), "{outcome:?}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Parameters
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1, Parameter Object, "Query Example" and "Header Example", an input whose name has dashes; 1.1.0, Parameter
// Object, examples, "Query Example" and "Header Example". Both, Parameter Object: `/items/{itemId}` for `path`,
// `/items?id=###` for `query`, and `cookie`.
#[tokio::test]
async fn parameters_go_where_they_belong() {
    in_both_versions!({
        use parameters::ask_for_loaf;

        let script = Script::new()
            .on("GET /loaves/rye?baker=ada")
            .header("x-oven-key", "k-1")
            .header("cookie", "tray=7b")
            .reply(200, rye());
        let inputs = ask_for_loaf::Inputs::new(String::from("rye"))
            .baker("ada")
            .x_oven_key("k-1")
            .tray("7b");
        let outputs = ask_for_loaf(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves/rye?baker=ada 200"]);
        assert_eq!(json_of(&outputs.kind), "sourdough");
    });
}

// 1.0.1 and 1.1.0, Parameter Object, value: "The value can be a constant". Step Object, operationId:
// `$sourceDescriptions.<name>.<operationId>`.
#[tokio::test]
async fn parameters_may_be_constants() {
    in_both_versions!({
        use parameters::ask_for_rye;

        let script = Script::new().on("GET /loaves/rye?baker=12").reply(200, rye());
        ask_for_rye(&client(&script), ask_for_rye::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves/rye?baker=12 200"]);
    });
}

// 1.1.0, Parameter Object, examples, "Querystring Example (application/x-www-form-urlencoded)"; value:
// `"key1=value1&key2=value2"`.
#[tokio::test]
async fn a_whole_query_may_be_written_down() {
    use querystring::search_fixed;

    let script = Script::new()
        .on("GET /search?state=fresh&order=down&limit=50")
        .reply(200, json!([]));
    search_fixed(&client(&script), search_fixed::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /search?state=fresh&order=down&limit=50 200"]);
}

// 1.1.0, Parameter Object, examples, "Querystring with Runtime Expressions".
#[tokio::test]
async fn a_whole_query_may_have_values_in_it() {
    use querystring::search_composed;

    let script = Script::new()
        .on("GET /search?kind=rye&minPrice=2.5&inStock=true")
        .reply(200, json!([]));
    let inputs = search_composed::Inputs::new(String::from("rye"), 2.5);
    search_composed(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["GET /search?kind=rye&minPrice=2.5&inStock=true 200"]);
}

/// A client whose requests are all answered with an empty list; the paths and queries are kept.
fn recorded() -> (Client<impl Transport>, Arc<Mutex<Vec<String>>>) {
    let paths: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&paths);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            let path = request.uri().path_and_query().map_or("", |path| path.as_str());
            kept.lock().unwrap().push(path.to_owned());
            async {
                Response::builder()
                    .header("content-type", "application/json")
                    .body(Bytes::from_static(b"[]"))
            }
        })
        .build()
        .expect("the client is complete");
    (client, paths)
}

/// A text without its percent-encoding.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

// 1.1.0, Parameter Object, examples, "Querystring Example (application/json)": the text is the whole query, and what
// may not stand in a URL is percent-encoded.
#[tokio::test]
async fn a_whole_query_may_be_json() {
    use querystring::filter_by_json;

    let (client, paths) = recorded();
    filter_by_json(&client, filter_by_json::Inputs::new()).await.unwrap();
    let paths = paths.lock().unwrap();
    assert_eq!(paths.len(), 1);
    let (path, query) = paths[0].split_once('?').expect("there is a query");
    assert_eq!(path, "/filter");
    assert!(!query.contains(['{', '}', '"', ' ']), "{query}");
    assert_eq!(decoded(query), r#"{"state":"fresh","order":"down","limit":50}"#);
}

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1 and 1.1.0, Success Action Object, example: a `goto` with a criterion that is a JSONPath query. By RFC 9535 the
// query looks at the children of the body, and counts nodes, not elements.
#[tokio::test]
async fn a_success_action_is_taken_where_its_query_finds_something() {
    in_both_versions!({
        use actions::queue_for_cake;

        for (body, found) in [
            (json!([{ "cakes": ["rye"] }]), true),
            (json!([{ "pies": 1 }, { "cakes": [] }]), true),
            (json!({ "today": { "cakes": 3 } }), true),
            (json!([{ "pies": ["rye"] }]), false),
            (json!([]), false),
            (json!({ "cakes": ["rye"] }), false),
        ] {
            let script = Script::new().on("GET /counter").reply(200, body.clone());
            let script = if found {
                script.on("POST /queue").reply(201, json!({ "place": 4 }))
            } else {
                script
                    .on("POST /notes")
                    .json(json!({ "task": "bake" }))
                    .reply_empty(204)
            };
            let outputs = queue_for_cake(&client(&script), queue_for_cake::Inputs::new())
                .await
                .unwrap();
            let second = if found { "POST /queue 201" } else { "POST /notes 204" };
            script.assert_trace(&["GET /counter 200", second]);
            let place = if found { json!(4) } else { Value::Null };
            assert_eq!(json_of(&outputs.place), place, "{body}");
        }
    });
}

// 1.0.1 and 1.1.0, Failure Action Object, example: a second between the attempts, five more of them, only where the
// service is unavailable.
#[tokio::test]
async fn a_failure_action_tries_again() {
    in_both_versions!({
        use actions::look_again;

        let script = Script::new()
            .on("GET /counter")
            .reply(503, problem())
            .on("GET /counter")
            .reply(503, problem())
            .on("GET /counter")
            .reply(200, json!({}));
        look_again(&client(&script), look_again::Inputs::new()).await.unwrap();
        script.assert_trace(&[
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 200",
        ]);

        let mut script = Script::new();
        for _ in 0..6 {
            script = script.on("GET /counter").reply(503, problem());
        }
        let error = look_again(&client(&script), look_again::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&[
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
        ]);
        assert_eq!(error.attempts(), 6);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503));

        let script = Script::new().on("GET /counter").reply(500, problem());
        look_again(&client(&script), look_again::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /counter 500"]);
    });
}

// ---------------------------------------------------------------------------------------------------------------------
// Components
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1 and 1.1.0, Components Object, the list of field names: words, digits, underscores, dashes and dots, as keys of
// parameters and of inputs.
#[tokio::test]
async fn components_may_have_names_of_every_form() {
    in_both_versions!({
        use components::sort_loaves;

        let request = "GET /loaves?kind=rye&page=2&pageSize=5&season=winter&sort=name";
        let script = Script::new().on(request).reply(200, json!([]));
        let inputs = sort_loaves::Inputs::new(String::from("name"), 5);
        exactly::<i32>(&inputs.count);
        sort_loaves(&client(&script), inputs).await.unwrap();
        assert_eq!(script.trace().len(), 1);
    });
}

// 1.0.1 and 1.1.0, Components Object, YAML example: inputs.
#[tokio::test]
async fn components_may_hold_inputs() {
    in_both_versions!({
        use components::list_page;

        let script = Script::new().on("GET /loaves?page=3&pageSize=20").reply(200, json!([]));
        let inputs = list_page::Inputs::new().page(3).page_size(20);
        exactly::<Option<i32>>(&inputs.page);
        exactly::<Option<i32>>(&inputs.page_size);
        list_page(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves?page=3&pageSize=20 200"]);

        let script = Script::new().on("GET /loaves").reply(200, json!([]));
        list_page(&client(&script), list_page::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves 200"]);
    });
}

fn renewing() -> Script {
    Script::new()
        .on("GET /loaves")
        .header("x-branch", "b-2")
        .reply(401, problem())
        .on("POST /badges")
        .reply(201, json!({ "badge": "new" }))
        .on("GET /loaves")
        .header("x-branch", "b-2")
        .reply(200, json!([]))
}

const RENEWING: [&str; 4] = ["GET /loaves 401", "wait 1s", "POST /badges 201", "GET /loaves 200"];

// 1.0.1 and 1.1.0, Components Object, YAML example: a parameter, and a failure action that runs a workflow before it
// tries again, five times.
#[tokio::test]
async fn components_may_hold_parameters_and_failure_actions() {
    in_both_versions!({
        use components::list_of_branch;

        let script = renewing();
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap();
        script.assert_trace(&RENEWING);

        let mut script = Script::new().on("GET /loaves").reply(401, problem());
        let mut trace = vec!["GET /loaves 401"];
        for _ in 0..5 {
            script = script.on("POST /badges").reply(201, json!({ "badge": "new" }));
            script = script.on("GET /loaves").reply(401, problem());
            trace.extend(["wait 1s", "POST /badges 201", "GET /loaves 401"]);
        }
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap_err();
        script.assert_trace(&trace);

        let script = Script::new().on("GET /loaves").reply(503, problem());
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap_err();
        script.assert_trace(&["GET /loaves 503"]);
    });
}

// 1.0.1 and 1.1.0, Components Object, JSON example: the same in a document that is JSON. (The condition of 1.0.1's
// example is in braces, which 1.1.0 has mended.)
#[tokio::test]
async fn components_may_be_written_in_json() {
    in_both_versions!({
        use components_in_json::{list_of_branch, list_page};

        let script = renewing();
        list_of_branch(&client(&script), list_of_branch::Inputs::new(String::from("b-2")))
            .await
            .unwrap();
        script.assert_trace(&RENEWING);

        let script = Script::new().on("GET /loaves?page=3&pageSize=20").reply(200, json!([]));
        let inputs = list_page::Inputs::new().page(3).page_size(20);
        exactly::<Option<i32>>(&inputs.page);
        list_page(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /loaves?page=3&pageSize=20 200"]);
    });
}

fn ringing() -> Script {
    Script::new()
        .on("GET /loaves")
        .reply(200, json!([rye()]))
        .on("POST /notes")
        .json(json!({ "task": "ring" }))
        .reply_empty(204)
}

// 1.0.1 and 1.1.0, Reusable Object, first example (YAML): a reference to a success action.
#[tokio::test]
async fn a_success_action_may_be_a_reference() {
    in_both_versions!({
        use components::ring_when_listed;

        let script = ringing();
        ring_when_listed(&client(&script), ring_when_listed::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /loaves 200", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Reusable Object, second example: the same in JSON.
#[tokio::test]
async fn a_success_action_may_be_a_reference_in_json() {
    in_both_versions!({
        use components_in_json::ring_when_listed;

        let script = ringing();
        ring_when_listed(&client(&script), ring_when_listed::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /loaves 200", "POST /notes 204"]);
    });
}

fn paging() -> Script {
    Script::new()
        .on("GET /loaves?page=4")
        .reply(200, json!([]))
        .on("GET /loaves?page=1")
        .reply(200, json!([]))
}

// 1.0.1 and 1.1.0, Reusable Object, third example (YAML): a reference to a parameter, with a value; and one without.
#[tokio::test]
async fn a_parameter_may_be_a_reference_with_another_value() {
    in_both_versions!({
        use components::turn_pages;

        let script = paging();
        turn_pages(&client(&script), turn_pages::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?page=4 200", "GET /loaves?page=1 200"]);
    });
}

// 1.0.1 and 1.1.0, Reusable Object, fourth example: the same in JSON.
#[tokio::test]
async fn a_parameter_may_be_a_reference_with_another_value_in_json() {
    in_both_versions!({
        use components_in_json::turn_pages;

        let script = paging();
        turn_pages(&client(&script), turn_pages::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?page=4 200", "GET /loaves?page=1 200"]);
    });
}

// ---------------------------------------------------------------------------------------------------------------------
// Criteria
// ---------------------------------------------------------------------------------------------------------------------

fn counter(status: u16) -> Script {
    Script::new().on("GET /counter").reply(status, json!({}))
}

// 1.0.1, Criterion Object, "Simple Condition Example"; 1.1.0, Criterion Object, "A simple Condition example".
#[tokio::test]
async fn a_simple_condition() {
    in_both_versions!({
        assert!(passes!(criteria::simple_status, counter(200)));
        assert!(!passes!(criteria::simple_status, counter(201)));
        assert!(!passes!(criteria::simple_status, counter(503)));
    });
}

// 1.0.1, Criterion Object, "Regex Condition Example"; 1.1.0, Criterion Object, "A regex Condition example".
#[tokio::test]
async fn a_condition_that_is_a_pattern() {
    in_both_versions!({
        assert!(passes!(criteria::pattern_status, counter(200)));
        assert!(!passes!(criteria::pattern_status, counter(201)));
        assert!(!passes!(criteria::pattern_status, counter(503)));
    });
}

// 1.0.1, Criterion Object, "JSONPath Condition Example"; 1.1.0, Criterion Object, "A JSONPath Condition example".
#[tokio::test]
async fn a_condition_that_is_a_query() {
    in_both_versions!({
        check!(criteria::query_body:
            json!([{ "cakes": ["rye"] }]) => true,
            json!([{ "cakes": null }]) => true,
            json!({ "monday": {}, "tuesday": { "cakes": [] } }) => true,
            json!([{ "pies": ["rye"] }]) => false,
            json!([]) => false,
            json!({ "cakes": ["rye"] }) => false,
            json!("cakes") => false,
            json!(null) => false,
        );
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Literals: the rows `boolean`, `null`, `number` and `string`, quotes included.
#[tokio::test]
async fn conditions_may_hold_every_literal() {
    in_both_versions!({
        let body = json!({
            "open": true,
            "sold": false,
            "holiday": null,
            "ovens": 3,
            "warmth": 2.5,
            "frost": -4,
            "sign": "a baker's dozen",
        });
        check!(criteria::literals: body.clone() => true);
        for (member, value) in [
            ("open", json!(false)),
            ("sold", json!(true)),
            ("holiday", json!("monday")),
            ("ovens", json!(4)),
            ("warmth", json!(2.25)),
            ("frost", json!(4)),
            ("sign", json!("a bakers dozen")),
            ("sign", json!("a baker''s dozen")),
        ] {
            let mut changed = body.clone();
            changed[member] = value;
            check!(criteria::literals: changed.clone() => false);
        }
        // "String comparisons MUST be case insensitive."
        let mut changed = body.clone();
        changed["sign"] = json!("A BAKER'S DOZEN");
        check!(criteria::literals: changed.clone() => true);
    });
}

fn sides(left: i32, right: i32) -> Value {
    json!({ "a": left, "b": right })
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `<`, `<=`, `>`, `>=`, `==` and `!=`.
#[tokio::test]
async fn conditions_may_compare() {
    in_both_versions!({
        check!(criteria::is_less: sides(1, 2) => true, sides(2, 2) => false, sides(3, 2) => false);
        check!(criteria::is_less_or_equal: sides(1, 2) => true, sides(2, 2) => true, sides(3, 2) => false);
        check!(criteria::is_greater: sides(1, 2) => false, sides(2, 2) => false, sides(3, 2) => true);
        check!(criteria::is_greater_or_equal: sides(1, 2) => false, sides(2, 2) => true, sides(3, 2) => true);
        check!(criteria::is_equal: sides(1, 2) => false, sides(2, 2) => true, sides(3, 2) => false);
        check!(criteria::is_not_equal: sides(1, 2) => true, sides(2, 2) => false, sides(3, 2) => true);
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `!`, `&&`, `||` and `()`.
#[tokio::test]
async fn conditions_may_combine() {
    in_both_versions!({
        check!(criteria::is_not: json!({ "a": false }) => true, json!({ "a": true }) => false);
        check!(criteria::is_both:
            sides(1, 2) => true,
            sides(1, 3) => false,
            sides(2, 2) => false,
            sides(3, 3) => false,
        );
        check!(criteria::is_either:
            sides(1, 2) => true,
            sides(1, 3) => true,
            sides(2, 2) => true,
            sides(3, 3) => false,
        );
        check!(criteria::is_grouped:
            json!({ "a": 1, "b": 0, "c": 3 }) => true,
            json!({ "a": 0, "b": 2, "c": 3 }) => true,
            json!({ "a": 1, "b": 2, "c": 0 }) => false,
            json!({ "a": 0, "b": 0, "c": 3 }) => false,
        );
    });
}

// 1.0.1 and 1.1.0, Criterion Object, Operators: the rows `[]`, counted from 0, and `.`.
#[tokio::test]
async fn conditions_may_look_into_values() {
    in_both_versions!({
        check!(criteria::is_at_index:
            json!({ "trays": ["oat", "rye"] }) => true,
            json!({ "trays": ["rye", "oat"] }) => false,
            json!({ "trays": ["rye"] }) => false,
        );
        check!(criteria::is_member:
            json!({ "oven": { "door": "shut" } }) => true,
            json!({ "oven": { "door": "open" } }) => false,
            json!({ "door": "shut" }) => false,
        );
    });
}

const FULL_MILL: &str = "<mill><owner>Eva</owner><sacks><sack/><sack/></sacks></mill>";
const EMPTY_MILL: &str = "<mill><owner/><sacks/></mill>";
const BARE_MILL: &str = "<mill/>";

fn mill(body: &str) -> Script {
    xml("GET /mill", body)
}

// 1.0.1, Criterion Expression Type Object, "XPath Example", and 1.1.0, Expression Type Object, "An XPath example":
// `xpath-30`; the other versions of the field `version`.
#[tokio::test]
async fn a_criterion_may_name_a_version_of_xpath() {
    in_both_versions!({
        assert!(passes!(expression_types::has_sacks30, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks30, mill(EMPTY_MILL)));
        assert!(passes!(expression_types::has_sacks20, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks20, mill(EMPTY_MILL)));
        assert!(passes!(expression_types::has_sacks10, mill(FULL_MILL)));
        assert!(!passes!(expression_types::has_sacks10, mill(EMPTY_MILL)));
    });
}

// 1.1.0, Criterion Object, Runtime Expressions in Conditions, first example: as they are in simple conditions.
#[tokio::test]
async fn expressions_stand_in_simple_conditions() {
    use embedded_criteria::count_above;

    for (status, count, threshold, met) in [
        (200, json!(5), 4, true),
        (200, json!(4), 4, false),
        (200, json!("5"), 4, true),
        (200, json!(null), 4, false),
        (201, json!(5), 4, false),
    ] {
        let script = Script::new()
            .on("GET /counter")
            .reply(status, json!({ "count": count }));
        let result = count_above(&client(&script), count_above::Inputs::new(threshold)).await;
        assert_eq!(script.trace().len(), 1);
        assert_eq!(result.is_ok(), met, "{status} {count} {threshold}");
    }
}

// The same, second example, JSONPath.
#[tokio::test]
async fn expressions_stand_in_braces_in_queries() {
    use embedded_criteria::any_in_state;

    for (body, state, met) in [
        (json!([{ "state": "fresh" }]), "fresh", true),
        (json!([{ "state": "stale" }, { "state": "fresh" }]), "fresh", true),
        (json!([{ "state": "stale" }]), "fresh", false),
        (json!([]), "fresh", false),
        (json!([{ "state": "two words" }]), "two words", true),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body.clone());
        let inputs = any_in_state::Inputs::new(String::from(state));
        let result = any_in_state(&client(&script), inputs).await;
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(result.is_ok(), met, "{body} {state}");
    }
}

// The same, second example, XPath.
#[tokio::test]
async fn expressions_stand_in_braces_in_paths() {
    use embedded_criteria::any_dearer;

    for (lowest, prices, met) in [
        (2.5, [1, 3], true),
        (2.5, [1, 2], false),
        (3.0, [3, 4], true),
        (4.0, [3, 4], false),
    ] {
        let [first, second] = prices;
        let body = format!("<mill><sacks><price>{first}</price></sacks><sacks><price>{second}</price></sacks></mill>");
        let script = Script::new()
            .on("GET /prices")
            .reply(200, json!({ "lowest": lowest }))
            .on("GET /mill")
            .reply_text(200, "application/xml", &body);
        let result = any_dearer(&client(&script), any_dearer::Inputs::new()).await;
        script.assert_trace(&["GET /prices 200", "GET /mill 200"]);
        assert_eq!(result.is_ok(), met, "{lowest} {prices:?}");
    }
}

// The same, second example, regex; Evaluation Errors: a pattern that is invalid once the value is in it fails.
#[tokio::test]
async fn expressions_stand_in_braces_in_patterns() {
    use embedded_criteria::in_pattern;

    for (state, pattern, met) in [
        (json!("fresh"), "fresh|warm", true),
        (json!("warm"), "fresh|warm", true),
        (json!("lukewarm"), "fresh|warm", false),
        (json!("stale"), "st.*", true),
        (json!(null), "null", false),
        (json!("("), "(", false),
    ] {
        let script = Script::new().on("GET /counter").reply(200, json!({ "state": state }));
        let inputs = in_pattern::Inputs::new(String::from(pattern));
        let result = in_pattern(&client(&script), inputs).await;
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(result.is_ok(), met, "{state} {pattern}");
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
        }
    }
}

// 1.1.0, Condition Evaluation, Simple Conditions, example.
#[tokio::test]
async fn simple_conditions_are_evaluated() {
    assert!(passes!(evaluation::is_fine, counter(200)));
    assert!(!passes!(evaluation::is_fine, counter(404)));

    check!(evaluation::is_fine_with_data:
        json!({ "data": [1] }) => true,
        json!({ "data": false }) => true,
        json!({ "data": 0 }) => true,
        json!({ "data": null }) => false,
        json!({}) => false,
    );
    let script = Script::new().on("GET /counter").reply(201, json!({ "data": 1 }));
    assert!(!passes!(evaluation::is_fine_with_data, script));
}

// 1.1.0, Condition Evaluation, Regex Conditions, example; "If the `context` evaluates to `null` or `undefined`, the
// condition MUST evaluate to _fail_."
#[tokio::test]
async fn patterns_are_evaluated() {
    for status in [200, 201, 299] {
        assert!(passes!(evaluation::is_any_success, counter(status)), "{status}");
    }
    for status in [300, 404, 502] {
        assert!(!passes!(evaluation::is_any_success, counter(status)), "{status}");
    }
    check!(evaluation::is_warm:
        json!({ "warmth": 20 }) => true,
        json!({ "warmth": "" }) => true,
        json!({ "warmth": null }) => false,
        json!({}) => false,
    );
}

// 1.1.0, Condition Evaluation, JSONPath Conditions, first example. RFC 9535 applies the filter to the children of the
// body, whatever the comment beside the example says.
#[tokio::test]
async fn filters_are_evaluated() {
    check!(evaluation::has_cakes_somewhere:
        json!([{ "cakes": ["rye"] }]) => true,
        json!([{ "cakes": [] }]) => true,
        json!([{ "pies": [] }]) => false,
        json!([]) => false,
        json!({ "cakes": [] }) => false,
    );
}

// 1.1.0, Condition Evaluation, JSONPath Conditions, second example; "If the `context` evaluates to `null` or
// `undefined` […] the condition MUST evaluate to _fail_"; Evaluation Errors: "applying JSONPath to non-JSON data".
#[tokio::test]
async fn queries_are_evaluated() {
    check!(evaluation::has_cakes:
        json!({ "cakes": ["rye"] }) => true,
        json!({ "cakes": [null] }) => true,
        json!({ "cakes": { "monday": false } }) => true,
        json!({ "cakes": [] }) => false,
        json!({ "cakes": "rye" }) => false,
        json!({}) => false,
        json!(["rye"]) => false,
    );
    check!(evaluation::has_cakes_inside:
        json!({ "window": {} }) => true,
        json!({ "window": false }) => true,
        json!({ "window": null }) => false,
        json!({}) => false,
    );
    let script = Script::new()
        .on("GET /counter")
        .reply_text(200, "text/plain", "cakes: rye");
    assert!(!passes!(evaluation::has_cakes, script));
    let script = Script::new().on("GET /counter").reply_empty(200);
    assert!(!passes!(evaluation::has_cakes, script));
}

// 1.1.0, Condition Evaluation, XPath Conditions, first example: it gives a boolean.
#[tokio::test]
async fn paths_that_give_a_boolean_are_evaluated() {
    assert!(passes!(evaluation::counts_sacks, mill(FULL_MILL)));
    assert!(!passes!(evaluation::counts_sacks, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::counts_sacks, mill(BARE_MILL)));
}

// The same, second example: it gives nodes.
#[tokio::test]
async fn paths_that_give_nodes_are_evaluated() {
    assert!(passes!(evaluation::has_sacks, mill(FULL_MILL)));
    assert!(passes!(evaluation::has_sacks, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::has_sacks, mill(BARE_MILL)));
}

// The same, the lists of what passes and fails: numbers and strings.
#[tokio::test]
async fn paths_that_give_numbers_and_strings_are_evaluated() {
    assert!(passes!(evaluation::numbers_sacks, mill(FULL_MILL)));
    assert!(!passes!(evaluation::numbers_sacks, mill(EMPTY_MILL)));
    assert!(passes!(evaluation::names_owner, mill(FULL_MILL)));
    assert!(!passes!(evaluation::names_owner, mill(EMPTY_MILL)));
    assert!(!passes!(evaluation::names_owner, mill(BARE_MILL)));
}

// The same: "If the `context` evaluates to `null` or `undefined` […] the condition MUST evaluate to _fail_"; Evaluation
// Errors: an invalid context.
#[tokio::test]
async fn paths_fail_where_there_is_no_xml() {
    let script = Script::new().on("GET /mill").reply_empty(200);
    assert!(!passes!(evaluation::has_sacks, script));
    assert!(!passes!(evaluation::has_sacks, mill("there are sacks")));
    assert!(!passes!(evaluation::has_sacks, mill("<mill><sacks></mill>")));
}

// 1.1.0, Condition Evaluation, Multiple Criteria, example: "all conditions MUST evaluate to pass".
#[tokio::test]
async fn all_criteria_count() {
    for (status, data, met) in [
        (200, json!([1]), true),
        (200, json!([]), false),
        (201, json!([1]), false),
        (201, json!([]), false),
    ] {
        let script = Script::new().on("GET /counter").reply(status, json!({ "data": data }));
        let actual = passes!(evaluation::is_fine_with_elements, script);
        assert_eq!(actual, met, "{status} {data}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Selectors
// ---------------------------------------------------------------------------------------------------------------------

// 1.1.0, Selector Object, "An output example".
#[tokio::test]
async fn an_output_may_be_selected() {
    use selectors::read_mail;

    for (body, mail) in [
        (
            json!({ "guest": { "card": { "mail": "eva@mill.example" } } }),
            json!("eva@mill.example"),
        ),
        (json!({ "guest": { "card": {} } }), Value::Null),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body);
        let outputs = read_mail(&client(&script), read_mail::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(json_of(&outputs.guest_mail), mail);
    }
}

const SLIP: &str = "<Slip><Head><Number>S-17</Number></Head><Line>rye</Line><Line>oat</Line></Slip>";

// 1.1.0, Selector Object, "A Step RequestBody example": a path of version 3.0 into XML that an earlier step has kept.
// Semantics, Values: "one node its string value".
#[tokio::test]
async fn a_member_of_a_payload_may_be_selected_from_xml() {
    use selectors::send_bill_of_slip;

    let script = xml("GET /slips/s-1", SLIP)
        .on("POST /bills")
        .json(json!({ "billId": "S-17" }))
        .reply_empty(204);
    send_bill_of_slip(&client(&script), send_bill_of_slip::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /slips/s-1 200", "POST /bills 204"]);
}

// 1.1.0, Workflow Object and Step Object, outputs: both may hold Selector Objects. Semantics, Values: a query that is
// not singular gives "the array of what it selects, empty included".
#[tokio::test]
async fn several_values_may_be_selected() {
    use selectors::read_cakes;

    let cakes = json!({ "cakes": [
        { "name": "rye", "price": 7 },
        { "name": "oat", "price": 4 },
        { "price": 1 },
        { "name": "nut", "price": 3 },
    ] });
    for (body, names, cheap) in [
        (cakes, json!(["rye", "oat", "nut"]), json!(["oat", "nut"])),
        (json!({ "cakes": [] }), json!([]), json!([])),
        (json!({}), json!([]), json!([])),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body);
        let outputs = read_cakes(&client(&script), read_cakes::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(json_of(&outputs.names), names);
        assert_eq!(json_of(&outputs.cheap), cheap);
    }
}

// 1.1.0, Selector Object, type: `jsonpath`, `xpath` and `jsonpointer`; selector: `$.items[0].id` and `/Envelope/Item`.
// Semantics, Values: "several nodes an array of them".
#[tokio::test]
async fn selectors_may_be_of_every_type() {
    use selectors::read_by_types;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-1" }] }))
        .on("GET /slips/s-1")
        .reply_text(200, "application/xml", SLIP);
    let outputs = read_by_types(&client(&script), read_by_types::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "GET /slips/s-1 200"]);
    assert_eq!(json_of(&outputs.by_query), "i-1");
    assert_eq!(json_of(&outputs.by_pointer), "i-1");
    assert_eq!(json_of(&outputs.by_path), json!(["rye", "oat"]));
}

// 1.1.0, Expression Type Object: the rows of the table of types and versions, but for the draft of JSONPath; "An XPath
// example".
#[tokio::test]
async fn selectors_may_name_their_version() {
    use selectors::read_by_versions;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-1" }] }))
        .on("GET /slips/s-1")
        .reply_text(200, "application/xml", SLIP);
    let outputs = read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "GET /slips/s-1 200"]);
    assert_eq!(json_of(&outputs.rfc9535), "i-1");
    assert_eq!(json_of(&outputs.rfc6901), "i-1");
    assert_eq!(json_of(&outputs.xpath31), "S-17");
    assert_eq!(json_of(&outputs.xpath30), "S-17");
    assert_eq!(json_of(&outputs.xpath20), "S-17");
    assert_eq!(json_of(&outputs.xpath10), "S-17");

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-2" }] }));
    read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /counter 200"]);

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "items": [{ "id": "i-1" }] }))
        .on("GET /slips/s-1")
        .reply_text(200, "application/xml", "<Slip/>");
    read_by_versions(&client(&script), read_by_versions::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /counter 200", "GET /slips/s-1 200"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Payloads
// ---------------------------------------------------------------------------------------------------------------------

fn ordered() -> Value {
    json!({ "orderId": 41, "price": 30 })
}

// 1.0.1, Request Body Object, "JSON Templated Example"; 1.1.0, Request Body Object, "A JSON templated example": what
// stands in quotes is a string.
#[tokio::test]
async fn a_payload_may_be_a_template() {
    in_both_versions!({
        use payloads::order_by_template;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cakeOrder": {
                "recipe": "12",
                "voucher": "SPRING",
                "count": "3",
                "stage": "asked",
                "paid": false,
            } }))
            .reply(201, ordered());
        let inputs = order_by_template::Inputs::new(12, String::from("SPRING"), 3);
        order_by_template(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.0.1, Request Body Object, "JSON Object Example"; 1.1.0, Request Body Object, "A JSON object example": values keep
// their types.
#[tokio::test]
async fn a_payload_may_be_a_structure() {
    in_both_versions!({
        use payloads::order_by_object;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cakeOrder": {
                "recipe": 12,
                "voucher": "SPRING",
                "count": 3,
                "stage": "asked",
                "paid": false,
            } }))
            .reply(201, ordered());
        let inputs = order_by_object::Inputs::new(12, String::from("SPRING"), 3);
        order_by_object(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.0.1, Request Body Object, "Complete Runtime Expression"; 1.1.0, "A complete Runtime Expression example".
#[tokio::test]
async fn a_payload_may_be_one_expression() {
    in_both_versions!({
        use payloads::order_by_expression;

        for order in [
            json!({ "recipe": 12, "extras": ["nuts", null], "paid": false }),
            json!(["rye", 2.5]),
            json!("rye"),
        ] {
            let script = Script::new()
                .on("POST /orders")
                .json(order.clone())
                .reply(201, ordered());
            let inputs = order_by_expression::Inputs::new(order);
            order_by_expression(&client(&script), inputs).await.unwrap();
            script.assert_trace(&["POST /orders 201"]);
        }
    });
}

// 1.0.1, Payload Replacement Object, "Runtime Expression Example" and "Literal Example"; 1.1.0, Payload Replacement
// Object, "A Runtime Expression example" and "A literal example".
#[tokio::test]
async fn a_payload_may_have_replacements() {
    in_both_versions!({
        use payloads::order_by_replacement;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "recipe": 12, "count": 10, "stage": "asked" }))
            .reply(201, ordered());
        let inputs = order_by_replacement::Inputs::new(12);
        order_by_replacement(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.1.0, Payload Replacement Object, "A JSONPath example": the target is a query with a filter, the value is selected.
// Semantics, Requests: "JSONPath (all matches)".
#[tokio::test]
async fn a_replacement_may_be_found_by_a_query() {
    use replacements::order_what_is_left;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "freshCount": 8, "old": 1 }))
        .on("POST /orders")
        .json(json!({ "lines": [
            { "code": "RYE-9", "count": 8 },
            { "code": "OAT-2", "count": 2 },
            { "code": "RYE-9", "count": 8 },
        ] }))
        .reply(201, ordered());
    order_what_is_left(&client(&script), order_what_is_left::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "POST /orders 201"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Runtime expressions
// ---------------------------------------------------------------------------------------------------------------------

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the rows HTTP Method, Requested media type, Request parameter,
// Request body property, Request URL, Response value, Response header.
#[tokio::test]
async fn expressions_of_a_request_and_its_response() {
    in_both_versions!({
        use expressions::describe_label;

        let script = Script::new()
            .on("PUT /loaves/rye-1/label")
            .header("accept", "application/json;v=2")
            .json(json!({ "owner": { "badge": "b-9" } }))
            .reply_with(200, &[("Server", "oven/2")], json!({ "stage": "done" }));
        let inputs = describe_label::Inputs::new(String::from("rye-1"), String::from("b-9"));
        let outputs = describe_label(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["PUT /loaves/rye-1/label 200"]);
        assert_eq!(json_of(&outputs.method), "PUT");
        assert_eq!(json_of(&outputs.media), "application/json;v=2");
        assert_eq!(json_of(&outputs.loaf), "rye-1");
        assert_eq!(json_of(&outputs.badge), "b-9");
        assert_eq!(json_of(&outputs.sent), json!({ "owner": { "badge": "b-9" } }));
        assert_eq!(json_of(&outputs.url), "http://bakery.test/loaves/rye-1/label");
        assert_eq!(json_of(&outputs.stage), "done");
        assert_eq!(json_of(&outputs.whole), json!({ "stage": "done" }));
        assert_eq!(json_of(&outputs.server), "oven/2");
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Workflow input, `$inputs.…`.
#[tokio::test]
async fn expressions_of_inputs() {
    in_both_versions!({
        use expressions::note_baker;

        let script = Script::new()
            .on("POST /notes")
            .json(json!({ "baker": "ada" }))
            .reply_empty(204);
        note_baker(&client(&script), note_baker::Inputs::new(String::from("ada")))
            .await
            .unwrap();
        script.assert_trace(&["POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Step output value, the whole and the part `#/0/id` of it.
#[tokio::test]
async fn expressions_of_outputs_of_steps() {
    in_both_versions!({
        use expressions::pick_loaf;

        let loaves = json!([rye(), { "id": "oat", "kind": "flat" }]);
        let script = Script::new()
            .on("GET /loaves")
            .reply(200, loaves.clone())
            .on("GET /loaves/rye")
            .reply(200, rye())
            .on("POST /notes")
            .json(json!({ "all": loaves, "kind": "sourdough" }))
            .reply_empty(204);
        pick_loaf(&client(&script), pick_loaf::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves 200", "GET /loaves/rye 200", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the rows Workflow input, `$workflows.….inputs.…`, and Workflow output
// value, `$workflows.….outputs.…` and the part `#/name` of one. Workflow Object, dependsOn; semantics: "The argument is
// a `Dependencies` struct".
#[tokio::test]
async fn expressions_of_a_workflow_that_was_completed_before() {
    in_both_versions!({
        use expressions::{bake_dough, knead};

        let script = Script::new()
            .on("POST /doughs")
            .json(json!({ "baker": "ada" }))
            .reply(201, json!({ "name": "spelt", "weight": 900 }))
            .on("POST /notes")
            .json(json!({
                "baker": "ada",
                "weight": 900,
                "dough": { "name": "spelt", "weight": 900 },
                "name": "spelt",
            }))
            .reply_empty(204);
        let client = client(&script);
        let kneaded = knead(&client, knead::Inputs::new(String::from("ada"))).await.unwrap();
        let dependencies = bake_dough::Dependencies {
            knead: kneaded,
            knead_inputs: knead::Inputs::new(String::from("ada")),
        };
        bake_dough(&client, bake_dough::Inputs::new(), dependencies)
            .await
            .unwrap();
        script.assert_trace(&["POST /doughs 201", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Workflow output value, `$outputs.…`.
#[tokio::test]
async fn expressions_of_outputs_of_a_workflow() {
    in_both_versions!({
        use expressions::weigh_dough;

        let script = Script::new()
            .on("POST /doughs")
            .json(json!({ "baker": "ada" }))
            .reply(201, json!({ "name": "spelt", "weight": 900 }));
        let outputs = weigh_dough(&client(&script), weigh_dough::Inputs::new()).await.unwrap();
        script.assert_trace(&["POST /doughs 201"]);
        assert_eq!(json_of(&outputs.mass), 900);
        assert_eq!(json_of(&outputs.name), "spelt");
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Components parameter.
#[tokio::test]
async fn expressions_of_parameters_of_the_components() {
    in_both_versions!({
        use expressions::list_season;

        let script = Script::new().on("GET /loaves?season=summer").reply(200, json!([]));
        list_season(&client(&script), list_season::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?season=summer 200"]);
    });
}

// 1.1.0, Runtime Expressions, Examples: the row Response array element.
#[tokio::test]
async fn expressions_of_elements_of_arrays() {
    use expressions_1_1::read_first;

    for (body, first) in [
        (json!({ "items": [{ "id": "i-1" }, { "id": "i-2" }] }), json!("i-1")),
        (json!({ "items": [{ "id": 7 }] }), json!(7)),
        (json!({ "items": [] }), Value::Null),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body);
        let outputs = read_first(&client(&script), read_first::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(json_of(&outputs.first), first);
    }
}

// 1.1.0, Runtime Expressions, Examples: the row Self URI.
#[tokio::test]
async fn expressions_of_the_document() {
    use expressions_1_1::note_self;

    let script = Script::new()
        .on("POST /notes")
        .json(json!({ "document": "https://bakery.example/spec/expressions-1.1.yml" }))
        .reply_empty(204);
    note_self(&client(&script), note_self::Inputs::new()).await.unwrap();
    script.assert_trace(&["POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, Examples: the row Embedded expressions.
#[tokio::test]
async fn several_expressions_in_one_string() {
    use expressions_1_1::note_link;

    let script = Script::new()
        .on("POST /orders")
        .reply(201, ordered())
        .on("POST /notes")
        .json(json!({ "link": "https://bread.example/orders/41/stage" }))
        .reply_empty(204);
    let inputs = note_link::Inputs::new(String::from("bread.example"));
    note_link(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /orders 201", "POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, grammar: `inputs-reference = input-name [ "#" json-pointer ]`.
#[tokio::test]
async fn expressions_of_parts_of_inputs() {
    use expressions_1_1::note_parts;

    let script = Script::new()
        .on("POST /notes")
        .json(json!({ "second": "oat" }))
        .reply_empty(204);
    let inputs = note_parts::Inputs::new(json!({ "cakes": ["rye", "oat"] }));
    note_parts(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, after the examples: "Runtime expressions preserve the type of the referenced value"; in
// strings, scalars have "their string representation", XML "is embedded as-is", and a structure is "serialized as
// JSON".
#[tokio::test]
async fn expressions_keep_their_type_except_in_strings() {
    use expressions_1_1::note_everything;

    let script = Script::new()
        .on("GET /counter")
        .reply(
            200,
            json!({
                "text": "rye",
                "number": 2.5,
                "truth": true,
                "nothing": null,
                "object": { "a": 1 },
                "array": [1, "b"],
            }),
        )
        .on("GET /mill")
        .reply_text(200, "application/xml", EMPTY_MILL)
        .on("POST /notes")
        .json(json!({
            "text": "rye",
            "number": 2.5,
            "truth": true,
            "nothing": null,
            "object": { "a": 1 },
            "array": [1, "b"],
            "xml": EMPTY_MILL,
            "textInside": "<rye>",
            "numberInside": "<2.5>",
            "truthInside": "<true>",
            "nothingInside": "<null>",
            "objectInside": r#"<{"a":1}>"#,
            "arrayInside": r#"<[1,"b"]>"#,
            "xmlInside": format!("<{EMPTY_MILL}>"),
        }))
        .reply_empty(204);
    note_everything(&client(&script), note_everything::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "GET /mill 200", "POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, Examples: the rows Source description reference and Source description field; Source
// Description Expression Resolution, its three examples.
#[tokio::test]
async fn expressions_of_source_descriptions() {
    use expressions_1_1::note_sources;

    let script = Script::new()
        .on("GET /loaves/rye")
        .reply(200, rye())
        .on("POST /notes")
        .json(json!({ "url": "./bakery-api.yml", "type": "openapi" }))
        .reply_empty(204);
    note_sources(&client(&script), note_sources::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /loaves/rye 200", "POST /notes 204"]);
}

// 1.1.0, Source Description Expression Resolution, after the examples: an operation whose `operationId` is `url` "takes
// precedence" over the field.
#[tokio::test]
async fn an_operation_may_be_called_like_a_field_of_its_source() {
    use expressions_1_1::read_oddly;

    let script = Script::new().on("GET /addresses").reply(200, json!("everywhere"));
    let outputs = read_oddly(&client(&script), read_oddly::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /addresses 200"]);
    assert_eq!(json_of(&outputs.answer), "everywhere");
}

// 1.1.0, Runtime Expressions, Examples: the row Components action, one for success and one for failure.
#[tokio::test]
async fn expressions_of_actions_of_the_components() {
    use expressions_1_1::note_actions;

    let script = Script::new()
        .on("GET /counter")
        .reply(503, problem())
        .on("GET /counter")
        .reply(200, json!({}))
        .on("POST /notes")
        .json(json!({ "task": "sweep" }))
        .reply_empty(204);
    note_actions(&client(&script), note_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 503", "wait 3s", "GET /counter 200", "POST /notes 204"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Base URIs
// ---------------------------------------------------------------------------------------------------------------------

// 1.1.0, Appendix B, Base URI Within Content: the `url` is resolved against `$self`. Semantics, Values: it "is read
// from the file that lies in the same place beside the document". Relative References in API URLs: where requests go is
// "determined by the OpenAPI description's Server Object, not by the Arazzo Description's base URI".
#[tokio::test]
async fn a_source_is_found_where_the_name_of_the_document_leads() {
    use with_self::count_jars;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
    assert_eq!(json_of(&outputs.url), "http://pantry.test/pantry");
}

// 1.1.0, Appendix B, Base URI From the Retrieval URI: the same document without a name; the `url` is resolved against
// where it lies.
#[tokio::test]
async fn a_source_is_found_from_where_a_document_without_a_name_lies() {
    use without_self::count_jars;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
}

// 1.1.0, Appendix B, Resolving Relative `$self`: `$self` is resolved first, and then the `url` against that. From where
// the document lies, the same `url` would lead to another description of the same name, which has another path.
#[tokio::test]
async fn a_relative_name_is_resolved_before_the_sources_are() {
    use relative_self::count_jars;

    let script = Script::new().on("GET /cellar").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /cellar 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
}

// 1.1.0, Appendix B, Identity vs Location: a document is referred to by its `$self`, wherever the copy lies that is
// read; and `$self` in it is its own.
#[tokio::test]
async fn a_document_is_referred_to_by_its_name() {
    use identity::end_of_day;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = end_of_day(&client(&script), end_of_day::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
    assert_eq!(
        json_of(&outputs.counter),
        "https://workflows.pantry.example/canonical/stock.yml"
    );
}
