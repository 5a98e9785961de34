//! Replacements.

use super::*;

// Spec, Payload Replacement Object: `targetSelectorType`, and without it "`target` MUST be interpreted as XPath Expression
// if the payload is `application/xml`". Whatever the values are, what is sent is XML.
#[tokio::test]
async fn texts_and_attributes_are_replaced() {
    for customer in [
        "Ada",
        "A & <B> \"C\" 'D' ]]>",
        "</customer>",
        "&amp;",
        "{$inputs.copies}",
    ] {
        let script = Script::new()
            .on("POST /imports")
            .header("content-type", "application/xml")
            .reply_text(201, "application/xml", "<done/>");
        replace_in_literal(&script.client(), replace_in_literal::Inputs::new(customer, 3))
            .await
            .unwrap();
        script.assert_trace(&["POST /imports 201"]);
        let expected = json!([
            "order",
            { "currency": "EUR", "source": "web" },
            ["customer", { "vip": "no" }, customer],
            ["line", {}, ["sku", {}, "a"], ["copies", { "unit": "piece" }, "3"]],
            ["line", {}, ["sku", {}, "b"], ["copies", { "unit": format!("\"{customer}\" <&>") }, "3"]],
            ["gift", {}, "true"],
            ["note", {}, "for 3 readers"],
        ]);
        assert_eq!(tree(&script.body(0)), expected, "{}", script.body(0));
    }
}

// Semantics, Requests: "`replacements` apply after the payload is evaluated […]; a target that resolves to nothing is an
// error", which is a failure of the step that goes to `onFailure`.
#[tokio::test]
async fn what_came_from_the_api_is_replaced_where_there_is_a_target() {
    let script = catalogue(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <catalogue price="7 &lt; 8">
            <book open="yes" id="b1"><price>1</price><title>T &amp; U</title></book>
            <book open="no"><price>2</price></book>
            <book open="yes"><price/></book>
        </catalogue>"#,
    )
    .on("POST /imports")
    .header("content-type", "application/xml")
    .reply_text(201, "application/xml", "<done/>");
    replace_in_output(&script.client(), replace_in_output::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /catalogue 200", "POST /imports 201"]);
    let expected = json!([
        "catalogue",
        { "price": "7 < 8" },
        ["book", { "open": "yes", "id": "b1" }, ["price", {}, "7 < 8"], ["title", {}, "T & U"]],
        ["book", { "open": "no" }, ["price", {}, "2"]],
        ["book", { "open": "yes" }, ["price", {}, "7 < 8"]],
    ]);
    assert_eq!(tree(&script.body(1)), expected, "{}", script.body(1));

    for body in [
        r#"<catalogue price="7"><book open="no"><price>2</price></book></catalogue>"#,
        r#"<catalogue price="7"><book open="yes"/></catalogue>"#,
        r#"<catalogue price="7"/>"#,
    ] {
        let script = catalogue(body).on("POST /report").reply_empty(204);
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /catalogue 200", "POST /report 204"]);
    }
}

// The same lines without an action: nothing is sent, and the error says where it happened.
#[tokio::test]
async fn a_target_that_is_not_there_is_an_error() {
    for order in [
        "<order><copies>1</copies></order>",
        "<order ><copies\n></copies >\n</order>",
    ] {
        let script = Script::new()
            .on("POST /imports")
            .reply_text(201, "application/xml", "<done/>");
        replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap();
        script.assert_trace(&["POST /imports 201"]);
        assert_eq!(tree(&script.body(0)), json!(["order", {}, ["copies", {}, "5"]]));
    }

    for order in [
        "<order/>",
        "<Order><copies/></Order>",
        "no order",
        "<order><copies>1</order>",
    ] {
        let script = Script::new();
        let error = replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap_err();
        script.assert_trace(&[]);
        assert!(matches!(error.kind(), ErrorKind::Request), "{order}: {error}");
        assert_eq!(error.step(), Some("send"));
        assert_eq!(error.status(), None);
    }
}
