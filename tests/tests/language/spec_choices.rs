//! Examples in the text of the Arazzo Specification that need a choice: the draft of JSONPath, an order that is only
//! implied, `dependsOn` on a workflow of another document, `$self` as base.
//!
//! A comment names the version, the section and the example, and what could be read otherwise.

use arazzo::{Client, ErrorKind};
use arazzo_tests::script::{Script, json_of};
use serde_json::{Value, json};

mod external_dependency {
    arazzo::arazzo_workflow!("language/spec/choices/external-dependency.yml");
}
mod implicit_order {
    arazzo::arazzo_workflow!("language/spec/choices/implicit-order.yml");
}
mod query_draft {
    arazzo::arazzo_workflow!("language/spec/choices/query-draft.yml");
}
mod query_draft_1_1 {
    arazzo::arazzo_workflow!("language/spec/choices/query-draft-1.1.yml");
}
mod self_as_base {
    arazzo::arazzo_workflow!("language/spec/choices/self-as-base.yml");
}

/// A client for the servers that the descriptions name.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn ordered() -> Value {
    json!({ "orderId": 41, "price": 30 })
}

// 1.0.1, Criterion Expression Type Object, "JSONPath Example": `draft-goessner-dispatch-jsonpath-00`. The query means the same in the draft and in RFC 9535.
#[tokio::test]
async fn a_criterion_may_name_the_draft_of_jsonpath() {
    use query_draft::has_cakes;

    for (body, met) in [
        (json!({ "cakes": ["rye"] }), true),
        (json!({ "cakes": [] }), false),
        (json!({}), false),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body.clone());
        let result = has_cakes(&client(&script), has_cakes::Inputs::new()).await;
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(result.is_ok(), met, "{body}");
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
        }
    }
}

// 1.1.0, Expression Type Object, "A JSONPath example", and the row of the table of versions.
#[tokio::test]
async fn a_selector_may_name_the_draft_of_jsonpath() {
    use query_draft_1_1::has_cakes;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "cakes": ["rye", "oat"] }));
    let outputs = has_cakes(&client(&script), has_cakes::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /counter 200"]);
    assert_eq!(json_of(&outputs.first), "rye");
}

// 1.1.0, Step Object, Tool Behavior: "Tools MUST also treat runtime expression output references […] as implicit
// dependencies", and "Tools supporting only sequential execution MUST execute steps in an order that satisfies both
// explicit (`dependsOn`) and implicit (output reference) dependencies." A choice, because semantics makes the reference
// to a later step a compile error "unless `dependsOn` or a `goto` makes the order possible", and the error of the
// specification is for workflows in which "no `dependsOn` is used"; in this one it is, though not by the step that
// refers to a later one.
#[tokio::test]
async fn a_step_comes_after_the_one_whose_output_it_reads() {
    use implicit_order::note_at_last;

    let script = Script::new()
        .on("POST /badges")
        .reply(201, json!({ "badge": "b-1" }))
        .on("POST /orders")
        .json(json!({ "cake": "rye" }))
        .reply(201, ordered())
        .on("POST /notes")
        .json(json!({ "orderId": 41 }))
        .reply_empty(204);
    note_at_last(&client(&script), note_at_last::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /badges 201", "POST /orders 201", "POST /notes 204"]);
}

// 1.0.1 and 1.1.0, Workflow Object, dependsOn: `$sourceDescriptions.<name>.<workflowId>`. A choice, because the name of
// the member of `Dependencies` is a guess: that of the function.
#[tokio::test]
async fn a_workflow_may_depend_on_one_of_another_document() {
    use external_dependency::{billing_charge, order_when_paid};

    let script = Script::new()
        .on("POST /charges")
        .header("x-branch", "south")
        .json(json!({ "amount": 12 }))
        .reply(201, json!({ "receipt": "r-2" }))
        .on("POST /orders")
        .json(json!({ "cake": "rye" }))
        .reply(201, ordered());
    let client = client(&script);
    let charged = billing_charge(&client, billing_charge::Inputs::new(12)).await.unwrap();
    let dependencies = order_when_paid::Dependencies {
        billing_charge: charged,
    };
    let outputs = order_when_paid(&client, order_when_paid::Inputs::new(), dependencies)
        .await
        .unwrap();
    script.assert_trace(&["POST /charges 201", "POST /orders 201"]);
    assert_eq!(json_of(&outputs.order_id), 41);
}

// 1.1.0, Appendix B, Base URI Within Content: the `url` is resolved against `$self`, "regardless of the retrieval URI".
// Here the `url` is only the path of a URL, so that nothing but `$self` can say where it leads. A choice, because it is
// left to the compiler how far from the document it looks for a file "that lies in the same place beside the document".
#[tokio::test]
async fn a_source_is_found_where_nothing_but_the_name_of_the_document_leads() {
    use self_as_base::count_jars;

    let script = Script::new().on("GET /pantry").reply(200, json!({ "jars": 9 }));
    let outputs = count_jars(&client(&script), count_jars::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /pantry 200"]);
    assert_eq!(json_of(&outputs.jars), 9);
}
