//! More than two documents, and back.

use super::*;

fn delivery() -> Script {
    Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/notes")
        .json(json!({ "packed": "Dune" }))
        .reply_empty(204)
        .on("POST /post/parcels")
        .json(json!({ "content": "box of Dune" }))
        .reply(201, json!({ "parcelId": "p 1" }))
        .on("GET /post/parcels/p%201")
        .reply(200, json!({ "place": "harbour" }))
}

const DELIVERY: [&str; 4] = [
    "GET /shop/items/7 200",
    "POST /shop/notes 204",
    "POST /post/parcels 201",
    "GET /post/parcels/p%201 200",
];

// Spec, Source Description Object: any document names its sources, a called one too; outputs come back all the way.
#[tokio::test]
async fn a_called_document_may_call_a_third() {
    let script = delivery();
    let outputs = chain::deliver(&client(&script), chain::deliver::Inputs::new(7))
        .await
        .unwrap();
    script.assert_trace(&DELIVERY);
    exactly::<String>(&outputs.parcel);
    assert_eq!((outputs.parcel.as_str(), outputs.place.as_str()), ("p 1", "harbour"));

    let script = delivery();
    let run = chain::deliver::Run::new(chain::deliver::PartialInputs::new().item_id(7));
    let outputs = in_pieces!(run, client(&script), script).unwrap();
    script.assert_trace(&DELIVERY);
    assert_eq!((outputs.parcel.as_str(), outputs.place.as_str()), ("p 1", "harbour"));
}

// The workflow of the third document is a function that is named by the way to it.
#[tokio::test]
async fn a_workflow_of_a_third_document_is_a_function_too() {
    let script = Script::new()
        .on("POST /post/parcels")
        .json(json!({ "content": "nothing" }))
        .reply(201, json!({ "parcelId": "p2" }))
        .on("GET /post/parcels/p2")
        .reply(200, json!({ "place": "here" }));
    let inputs = chain::depot_carrier_send::Inputs::new("nothing");
    let outputs = chain::depot_carrier_send(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /post/parcels 201", "GET /post/parcels/p2 200"]);
    assert_eq!((outputs.parcel_id.as_str(), outputs.place.as_str()), ("p2", "here"));

    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "packed": "air" }))
        .reply_empty(204)
        .on("POST /post/parcels")
        .json(json!({ "content": "box of air" }))
        .reply(201, json!({ "parcelId": "p3" }))
        .on("GET /post/parcels/p3")
        .reply(200, json!({ "place": "there" }));
    let outputs = chain::depot_pack(&client(&script), chain::depot_pack::Inputs::new("air"))
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /shop/notes 204",
        "POST /post/parcels 201",
        "GET /post/parcels/p3 200",
    ]);
    assert_eq!(outputs.place, "there");
}

// Semantics, Steps and control flow: a failure of a called workflow fails the step, through all documents. Steps of all
// three have the same ids here.
#[tokio::test]
async fn a_failure_in_a_third_document_fails_the_first() {
    let script = Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/notes")
        .reply_empty(204)
        .on("POST /post/parcels")
        .reply(503, problem("closed"));
    let error = chain::deliver(&client(&script), chain::deliver::Inputs::new(7))
        .await
        .unwrap_err();
    script.assert_trace(&[
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /post/parcels 503",
    ]);
    assert_eq!(
        (error.workflow(), error.step(), error.kind()),
        ("deliver", Some("ship"), ErrorKind::Nested)
    );
    assert_in_order(
        &error.to_string(),
        &[
            "step `ship` failed",
            "pack",
            "step `send` failed",
            "send",
            "step `look` failed",
            "carrier.yml:",
            "503 Service Unavailable",
        ],
    );
}

// Semantics, Steps and control flow: "a variant per reachable end", which may lie two documents away.
#[tokio::test]
async fn a_departure_may_lead_to_a_third_document() {
    use chain::hand_on::Outcome;

    let script = Script::new().on("POST /shop/orders").reply(201, order());
    match chain::hand_on(&client(&script), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::Completed(outputs) => assert_eq!(json_of(&outputs.order_id), 31),
        _ => panic!("the workflow has stayed"),
    }
    script.assert_trace(&["POST /shop/orders 201"]);

    let script = Script::new()
        .on("POST /shop/orders")
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "stored": "status 409" }))
        .reply_empty(204);
    match chain::hand_on(&client(&script), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::DepotStore(outputs) => assert_eq!(json_of(&outputs.label), "status 409"),
        _ => panic!("the second document has kept it"),
    }
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204"]);

    let answers = || {
        Script::new()
            .on("POST /shop/orders")
            .reply(402, problem("unpaid"))
            .on("POST /shop/notes")
            .json(json!({ "stored": "status 402" }))
            .reply(503, problem("full"))
            .on("POST /post/parcels")
            .json(json!({ "content": "status 402" }))
            .reply(201, json!({ "parcelId": "p4" }))
            .on("GET /post/parcels/p4")
            .reply(200, json!({ "place": "attic" }))
    };
    let trace = [
        "POST /shop/orders 402",
        "POST /shop/notes 503",
        "POST /post/parcels 201",
        "GET /post/parcels/p4 200",
    ];
    let straight = answers();
    match chain::hand_on(&client(&straight), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::DepotCarrierSend(outputs) => assert_eq!(outputs.place, "attic"),
        _ => panic!("the third document has it"),
    }
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = chain::hand_on::Run::new(chain::hand_on::PartialInputs::new());
    match in_pieces!(run, client(&pieces), pieces).unwrap() {
        Outcome::DepotCarrierSend(outputs) => assert_eq!(outputs.place, "attic"),
        _ => panic!("the third document has it"),
    }
    pieces.assert_trace(&trace);
}

// Two documents may name each other, and either may be the one that is compiled.
#[tokio::test]
async fn two_documents_may_name_each_other() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7")
            .reply(200, item("Dune", 12))
            .on("POST /shop/notes")
            .json(json!({ "right": "Dune" }))
            .reply_empty(204)
            .on("POST /shop/notes")
            .json(json!({ "left": "<Dune>" }))
            .reply_empty(204)
            .on("GET /shop/items/8")
            .reply(200, item("Emma", 9))
    };
    let trace = [
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/notes 204",
        "GET /shop/items/8 200",
    ];
    let straight = answers();
    let outputs = mutual_left::start(&client(&straight), mutual_left::start::Inputs::new())
        .await
        .unwrap();
    straight.assert_trace(&trace);
    assert_eq!(outputs.price, 9);

    let pieces = answers();
    let run = mutual_left::start::Run::new(mutual_left::start::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(outputs.price, 9);

    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "right": "Emma" }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "left": "<Emma>" }))
        .reply_empty(204)
        .on("GET /shop/items/8")
        .reply(200, item("Emma", 9));
    let outputs = mutual_right::middle(&client(&script), mutual_right::middle::Inputs::new("Emma"))
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204", "GET /shop/items/8 200"]);
    assert_eq!(outputs.price, 9);
}
