//! Selector Objects.

use super::*;

// Semantics, Values: "XPath: an atomic value as it is, one node its string value, several nodes an array of them, none
// absent."
#[tokio::test]
async fn an_output_may_be_what_an_expression_gives() {
    let script = catalogue(
        r#"<?xml version="1.0"?>
        <catalogue currency="EUR">
            <book><title>Dune</title><price>9.50</price></book>
            <book><title>Emma &amp; <![CDATA[<I>]]></title><price>12.75</price></book>
            <blurb> A <b>big</b> hat</blurb>
        </catalogue>"#,
    );
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /catalogue 200"]);
    assert_eq!(json_of(&outputs.titles), json!(["Dune", "Emma & <I>"]));
    assert_eq!(json_of(&outputs.first_title), "Dune");
    assert_eq!(json_of(&outputs.first_text), "Dune");
    assert_eq!(json_of(&outputs.currency), "EUR");
    assert_eq!(json_of(&outputs.blurb), " A big hat");
    assert_eq!(json_of(&outputs.mixed), json!(["Dune", "9.50", "Emma & <I>", "12.75"]));
    assert_eq!(json_of(&outputs.nothing), Value::Null);
    assert_eq!(levelled(json_of(&outputs.count)), json!(2.0));
    assert_eq!(levelled(json_of(&outputs.total)), json!(22.25));
    assert_eq!(json_of(&outputs.text), "Dune in EUR");
    assert_eq!(json_of(&outputs.empty_text), "");
    assert_eq!(json_of(&outputs.several), true);
    assert_eq!(json_of(&outputs.wrong), false);
}

// The same line: one node is no array, no node is no value; atomic values are always there.
#[tokio::test]
async fn one_node_is_a_string_and_no_node_is_no_value() {
    let script = catalogue("<catalogue><book><title>0</title></book></catalogue>");
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.titles), "0");
    assert_eq!(json_of(&outputs.mixed), "0");
    assert_eq!(json_of(&outputs.several), false);

    let script = catalogue("<catalogue><blurb/></catalogue>");
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    for nothing in [
        json_of(&outputs.titles),
        json_of(&outputs.first_title),
        json_of(&outputs.first_text),
        json_of(&outputs.currency),
        json_of(&outputs.mixed),
        json_of(&outputs.nothing),
    ] {
        assert_eq!(nothing, Value::Null);
    }
    assert_eq!(json_of(&outputs.blurb), "");
    assert_eq!(levelled(json_of(&outputs.count)), json!(0.0));
    assert_eq!(levelled(json_of(&outputs.total)), json!(0.0));
    assert_eq!(json_of(&outputs.text), " in ");
    assert_eq!(json_of(&outputs.empty_text), "");
}

// Semantics, Values: "An absent context makes the result absent", even where an atomic value is asked for.
#[tokio::test]
async fn a_context_may_be_an_output_or_an_input() {
    let inputs = select_later::Inputs::new;
    for (inputs, given) in [
        (inputs(), Value::Null),
        (inputs().document("<document/>"), json!("")),
        (inputs().document("<document name='it&apos;s'/>"), json!("it's")),
    ] {
        let script = titled("Emma");
        let outputs = select_later(&script.client(), inputs).await.unwrap();
        assert_eq!(json_of(&outputs.title), "Emma");
        assert_eq!(json_of(&outputs.given), given);
    }
}

// Spec, Parameter Object, value: "a constant, a Runtime Expression, or a Selector Object". XPath 4.2: a number that is an
// integer is written without a decimal point. Semantics, Values: what is absent is left out of optional parameters.
#[tokio::test]
async fn parameters_may_be_what_an_expression_gives() {
    for (word, items) in [
        ("<word>big</word>", "GET /items?sku=b1&sku=b2&limit=2&word=big"),
        ("", "GET /items?sku=b1&sku=b2&limit=2"),
    ] {
        let script = catalogue(&format!(
            r#"<catalogue>{word}<book id="b1"/><book id="b2"/></catalogue>"#
        ))
        .on(items)
        .reply(200, json!({}))
        .on("GET /items/b2")
        .reply(200, json!({}));
        select_parameters(&script.client(), select_parameters::Inputs::new())
            .await
            .unwrap();
        let items = format!("{items} 200");
        script.assert_trace(&["GET /catalogue 200", items.as_str(), "GET /items/b2 200"]);
    }
}

// Spec, Selector Object, examples: "A Step RequestBody example". Semantics, Values: an absent member is left out, an absent
// element is null.
#[tokio::test]
async fn payloads_may_hold_what_an_expression_gives() {
    let inputs = select_payload::Inputs::new;
    for (inputs, expected) in [
        (
            inputs(),
            json!({ "id": "b2", "prices": ["9.50", "1e3"], "sold": false, "list": [null, null] }),
        ),
        (
            inputs().document("<document name=\"x\"/>"),
            json!({ "id": "b2", "prices": ["9.50", "1e3"], "sold": false, "given": "x", "list": [1.0, null] }),
        ),
    ] {
        let script = catalogue(
            r#"<catalogue>
                <book id="b1"><title>Emma</title><price>9.50</price></book>
                <book id="b2"><title>Dune</title><price>1e3</price></book>
            </catalogue>"#,
        )
        .on("POST /echo")
        .header("content-type", "application/json")
        .reply(200, json!({}));
        select_payload(&script.client(), inputs).await.unwrap();
        script.assert_trace(&["GET /catalogue 200", "POST /echo 200"]);
        let sent: Value = serde_json::from_str(&script.body(1)).unwrap();
        assert_eq!(levelled(sent), expected);
    }
}
