//! Selectors.

use super::*;

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
