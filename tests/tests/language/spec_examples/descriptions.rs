//! Data types, documents, sources.

use super::*;

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
