//! What a document keeps to itself.

use super::*;

// Spec, Components Object: "if a step defined in Arazzo document "A" references a workflow defined in Arazzo document "B",
// the components in "A" are not considered when evaluating the workflow referenced in "B"". The same holds for inputs,
// steps and ids of workflows, which have the same names in both.
#[tokio::test]
async fn each_document_has_its_own_components_inputs_and_steps() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7?lang=en")
            .reply(503, problem("busy"))
            .on("GET /shop/items/7?lang=en")
            .reply(200, item("book", 1))
            .on("GET /shop/items/7?lang=de")
            .reply(503, problem("busy"))
            .on("GET /shop/items/7?lang=de")
            .reply(200, item("Buch", 1))
            .on("POST /shop/notes")
            .json(json!({ "label": "outside 7", "hint": "from inside" }))
            .reply_empty(204)
            .on("GET /shop/items/99?lang=outside%207")
            .reply(200, item("last", 1))
            .on("POST /shop/notes")
            .json(json!({ "outside": "book", "inside": "Buch", "hint": "from outside" }))
            .reply_empty(204)
    };
    let trace = [
        "GET /shop/items/7?lang=en 503",
        "wait 1s",
        "GET /shop/items/7?lang=en 200",
        "GET /shop/items/7?lang=de 503",
        "wait 7s",
        "GET /shop/items/7?lang=de 200",
        "POST /shop/notes 204",
        "GET /shop/items/99?lang=outside%207 200",
        "POST /shop/notes 204",
    ];
    let straight = answers();
    let outputs = components::run(&client(&straight), components::run::Inputs::new(7))
        .await
        .unwrap();
    straight.assert_trace(&trace);
    assert_eq!(outputs.found, "book");

    let pieces = answers();
    let run = components::run::Run::new(components::run::PartialInputs::new().number(7));
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(outputs.found, "book");
}

// Spec, Arazzo Specification Object, $self, and Establishing the Base URI: both are those of the document that an
// expression stands in. The caller's reach the callee as values.
#[tokio::test]
async fn each_document_names_itself_and_its_sources() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({
            "self": "https://flows.example/documents/self-entry.yml",
            "url": "./shop-api.yml",
            "innerUrl": "./self-inner.yml",
            "innerType": "arazzo",
            "innerName": "inner",
        }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({
            "self": "https://flows.example/documents/self-inner.yml",
            "url": "shop-api.yml",
            "caller": "https://flows.example/documents/self-entry.yml",
            "callerUrl": "<./shop-api.yml>",
        }))
        .reply_empty(204);
    self_named::name_both(&client(&script), self_named::name_both::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204"]);
}

// Spec, Relative References in Arazzo Description URIs: the base is the document itself, so that one name, url and
// operation lead to different files. The client names the inner one by the way to it.
#[tokio::test]
async fn one_source_name_may_mean_another_file_in_another_document() {
    let script = Script::new()
        .on("GET /outer/left")
        .reply(200, json!({ "left": "l" }))
        .on("GET /inner/right")
        .reply(200, json!({ "right": 2 }));
    let client = Client::builder()
        .transport(script.clone())
        .source("api", |api| api.base_url("http://twin.test/outer"))
        .source("inner.api", |api| api.base_url("http://twin.test/inner"))
        .timeout(None)
        .build()
        .unwrap();
    let outputs = twins::look_twice(&client, twins::look_twice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /outer/left 200", "GET /inner/right 200"]);
    exactly::<String>(&outputs.left);
    exactly::<i64>(&outputs.right);
    assert_eq!((outputs.left.as_str(), outputs.right), ("l", 2));
}

// The same: what is said of the outer one does not hold for the inner one.
#[tokio::test]
async fn what_the_client_says_of_the_outer_source_does_not_hold_for_the_inner_one() {
    let script = Script::new()
        .on("GET /outer/left")
        .reply(200, json!({ "left": "l" }))
        .on("GET /right-server/right")
        .reply(200, json!({ "right": 2 }));
    let client = Client::builder()
        .transport(script.clone())
        .source("api", |api| api.base_url("http://twin.test/outer"))
        .timeout(None)
        .build()
        .unwrap();
    twins::look_twice(&client, twins::look_twice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /outer/left 200", "GET /right-server/right 200"]);
}

// The same over three documents, each with its own server.
#[tokio::test]
async fn one_source_name_may_mean_three_files_in_three_documents() {
    let script = Script::new()
        .on("GET /right-server/right")
        .reply(200, json!({ "right": 2 }))
        .on("GET /deep-server/deep")
        .reply(200, json!({ "deep": true }))
        .on("GET /left-server/left")
        .reply(200, json!({ "left": "l" }));
    let outputs = twins::look_thrice(&unaware_client(&script), twins::look_thrice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "GET /right-server/right 200",
        "GET /deep-server/deep 200",
        "GET /left-server/left 200",
    ]);
    exactly::<bool>(&outputs.deep);
    assert_eq!((outputs.left.as_str(), outputs.right, outputs.deep), ("l", 2, true));
}

// Spec, Source Description Object: `type` is not required; Format: a document "may be represented either in JSON or YAML".
#[tokio::test]
async fn a_source_says_itself_what_it_is_and_may_be_json() {
    let script = Script::new()
        .on("GET /shop/items/7?lang=fr")
        .reply(200, item("livre", 12))
        .on("POST /shop/orders")
        .json(json!({ "name": "livre", "price": 12 }))
        .reply(201, order());
    let outputs = untyped::order(&client(&script), untyped::order::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /shop/items/7?lang=fr 200", "POST /shop/orders 201"]);
    assert_eq!((outputs.order_id, outputs.price), (31, 12));

    let script = Script::new()
        .on("GET /shop/items/9?lang=it")
        .reply(200, item("libro", 3));
    let inputs = untyped::flows_look_up::Inputs::new(9).language("it");
    let outputs = untyped::flows_look_up(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["GET /shop/items/9?lang=it 200"]);
    assert_eq!((outputs.name.as_str(), outputs.price), ("libro", 3));
}
