//! Examples of bodies that are not JSON in the text of the Arazzo Specification, versions 1.0.1 and 1.1.0, in other
//! words and run; and the kinds of bodies that it has no example of.
//!
//! A comment names the version, the section and the example. "Semantics" is the page that decides where the
//! specification is silent.

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, Transport};
use arazzo_tests::script::{Script, json_of};
use serde_json::{Value, json};

/// Documents of version 1.0.1.
mod v1_0 {
    pub mod bodies {
        arazzo::arazzo_workflow!("../../../language/spec/1.0/bodies.yml");
    }
}

/// The same documents, of version 1.1.0; that they are the same is tested in `spec_examples.rs`.
mod v1_1 {
    pub mod bodies {
        arazzo::arazzo_workflow!("../../../language/spec/1.1/bodies.yml");
    }
}

mod bodies_1_1 {
    arazzo::arazzo_workflow!("../../../language/spec/bodies-1.1.yml");
}

/// Runs a block with the documents of version 1.0.1, and again with the same documents of version 1.1.0.
macro_rules! in_both_versions {
    ($body:block) => {{
        {
            use v1_0::*;
            $body
        }
        {
            use v1_1::*;
            $body
        }
    }};
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

/// The names and values of a form, in the order of the names.
fn form(body: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = body
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').expect("a name and a value");
            (decoded(name), decoded(value))
        })
        .collect();
    pairs.sort();
    pairs
}

/// A text without the encoding of forms.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'%' => {
                let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
                rest = &rest[2..];
            }
            b'+' => bytes.push(b' '),
            _ => bytes.push(first),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    expected.iter().map(owned).collect()
}

/// XML without its declaration and the space around it.
fn element(body: &str) -> &str {
    let body = body.trim();
    match body.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").expect("the declaration ends").1.trim(),
        None => body,
    }
}

// 1.0.1, Request Body Object, "XML Templated Example"; 1.1.0, Request Body Object, "An XML templated example".
#[tokio::test]
async fn a_body_may_be_xml() {
    in_both_versions!({
        use bodies::order_by_xml;

        let script = Script::new()
            .on("POST /orders")
            .header("content-type", "application/xml")
            .reply_empty(204);
        let inputs = order_by_xml::Inputs::new(12, String::from("SPRING"), 3);
        order_by_xml(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 204"]);
        assert_eq!(
            script.body(0),
            "<cakeOrder>\n  <recipe>12</recipe>\n  <voucher>SPRING</voucher>\n  <count>3</count>\n  \
             <stage>asked</stage>\n  <paid>false</paid>\n</cakeOrder>\n"
        );
    });
}

fn opening() -> Script {
    Script::new()
        .on("POST /tickets")
        .reply(201, json!({ "ticket": "n-31" }))
        .on("POST /terminals")
        .header("content-type", "application/x-www-form-urlencoded")
        .reply(200, json!({ "key": "k-1" }))
}

// 1.0.1, Request Body Object, "Form Data Example"; 1.1.0, Request Body Object, "A Form Data example": the members of
// the payload are the fields of the form, and a value cannot become another field.
#[tokio::test]
async fn a_body_may_be_a_form() {
    in_both_versions!({
        use bodies::open_by_form;

        let script = opening();
        let inputs = open_by_form::Inputs::new(
            String::from("t 1"),
            String::from("bread & butter"),
            String::from("https://counter.test/back?from=t1&to=home"),
            String::from("100% sûr=+"),
            String::from("hall kitchen"),
        );
        let outputs = open_by_form(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /tickets 201", "POST /terminals 200"]);
        assert_eq!(json_of(&outputs.key), "k-1");
        let body = script.body(1);
        assert!(body.is_ascii() && !body.contains(' '), "{body}");
        assert_eq!(
            form(&body),
            pairs(&[
                ("pass_phrase", "100% sûr=+"),
                ("purpose", "bread & butter"),
                ("return_to", "https://counter.test/back?from=t1&to=home"),
                ("rooms", "hall kitchen"),
                ("terminal", "t 1"),
                ("ticket", "n-31"),
            ])
        );
    });
}

// 1.0.1, Request Body Object, "Form Data String Example"; 1.1.0, Request Body Object, "A Form Data String example",
// with the `=` and the brace that are missing there.
#[tokio::test]
async fn a_body_may_be_a_form_that_is_written_as_text() {
    in_both_versions!({
        use bodies::open_by_text;

        let script = opening();
        let inputs = open_by_text::Inputs::new(
            String::from("t1"),
            String::from("bread"),
            String::from("home"),
            String::from("hush"),
            String::from("hall"),
        );
        let outputs = open_by_text(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /tickets 201", "POST /terminals 200"]);
        assert_eq!(json_of(&outputs.key), "k-1");
        assert_eq!(
            script.body(1),
            "terminal=t1&purpose=bread&return_to=home&pass_phrase=hush&ticket=n-31&rooms=hall"
        );
    });
}

// 1.0.1 and 1.1.0, Request Body Object, contentType: "If omitted then refer to Content-Type specified at the targeted
// operation to understand serialization requirements."
#[tokio::test]
async fn a_body_may_leave_its_content_type_to_the_operation() {
    in_both_versions!({
        use bodies::open_without_content_type;

        let script = Script::new()
            .on("POST /terminals")
            .header("content-type", "application/x-www-form-urlencoded")
            .reply(200, json!({ "key": "k-1" }));
        let inputs = open_without_content_type::Inputs::new(String::from("t1"));
        open_without_content_type(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /terminals 200"]);
        assert_eq!(
            form(&script.body(0)),
            pairs(&[("purpose", "bread & butter"), ("terminal", "t1")])
        );
    });
}

// 1.0.1 and 1.1.0, Request Body Object, payload: "To represent examples of media types that cannot be naturally
// represented in JSON or YAML, use a string value". There is no example of text.
#[tokio::test]
async fn a_body_may_be_text() {
    in_both_versions!({
        use bodies::greet;

        let script = Script::new()
            .on("POST /greetings")
            .header("content-type", "text/plain")
            .reply_empty(204);
        let inputs = greet::Inputs::new(String::from("Eva \"the oven\" <3"));
        greet(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /greetings 204"]);
        assert_eq!(script.body(0), r#"Welcome Eva "the oven" <3, "sit" down & eat"#);
    });
}

/// What was sent: the path, the content type and the body.
type Sent = Arc<Mutex<Vec<(String, String, String)>>>;

/// A client whose requests are all answered with 204.
fn recorded() -> (Client<impl Transport>, Sent) {
    let sent: Sent = Arc::default();
    let kept = Arc::clone(&sent);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            let content_type = request
                .headers()
                .get("content-type")
                .map_or("", |value| value.to_str().expect("ASCII"));
            kept.lock().unwrap().push((
                request.uri().path().to_owned(),
                content_type.to_owned(),
                String::from_utf8(request.body().to_vec()).expect("UTF-8"),
            ));
            async { Response::builder().status(204).body(Bytes::new()) }
        })
        .build()
        .expect("the client is complete");
    (client, sent)
}

/// The parts of a form in several parts: the name, the content type if it has one, and the content.
fn parts(content_type: &str, body: &str) -> Vec<(String, Option<String>, String)> {
    let (media_type, parameters) = content_type.split_once(';').expect("there is a boundary");
    assert_eq!(media_type.trim(), "multipart/form-data");
    let (name, boundary) = parameters.split_once('=').expect("there is a boundary");
    assert_eq!(name.trim(), "boundary");
    let boundary = boundary.trim().trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut pieces = body.split(delimiter.as_str());
    assert_eq!(pieces.next(), Some(""), "{body}");
    let mut parts = Vec::new();
    for piece in pieces {
        if let Some(rest) = piece.strip_prefix("--") {
            assert_eq!(rest.trim(), "", "{body}");
            return parts;
        }
        let piece = piece.strip_prefix("\r\n").expect("a line break after the boundary");
        let piece = piece.strip_suffix("\r\n").expect("a line break before the boundary");
        let (head, content) = piece.split_once("\r\n\r\n").expect("an empty line");
        let field = |wanted: &str| {
            head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
            })
        };
        let disposition = field("content-disposition").expect("a disposition");
        let (_, name) = disposition.split_once("name=\"").expect("a name");
        let (name, _) = name.split_once('"').expect("the end of the name");
        parts.push((name.to_owned(), field("content-type"), content.to_owned()));
    }
    panic!("the last boundary is missing: {body}");
}

// 1.0.1 and 1.1.0, Request Body Object, contentType; there is no example of `multipart/form-data`. OpenAPI 3.0, Media
// Type Object: primitives are `text/plain`, objects `application/json`.
#[tokio::test]
async fn a_body_may_be_a_form_in_several_parts() {
    in_both_versions!({
        use bodies::hang_picture;

        let (client, sent) = recorded();
        let inputs = hang_picture::Inputs::new(String::from("rye & oat\r\n--"), 3);
        hang_picture(&client, inputs).await.unwrap();
        let sent = sent.lock().unwrap();
        assert_eq!(sent.len(), 1);
        let (path, content_type, body) = &sent[0];
        assert_eq!(path, "/pictures");
        let parts = parts(content_type, body);
        let mut names: Vec<&str> = parts.iter().map(|(name, _, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["card", "count", "label"]);
        for (name, content_type, content) in &parts {
            let content_type = content_type.as_deref();
            match name.as_str() {
                "card" => {
                    assert_eq!(content_type, Some("application/json"));
                    let card: Value = serde_json::from_str(content).unwrap();
                    assert_eq!(card, json!({ "colour": "blue" }));
                }
                text => {
                    assert!(
                        content_type.is_none_or(|kind| kind.starts_with("text/plain")),
                        "{content_type:?}"
                    );
                    let expected = if text == "count" { "3" } else { "rye & oat\r\n--" };
                    assert_eq!(content, expected);
                }
            }
        }
    });
}

// 1.1.0, Payload Replacement Object, "An XPath example using older XPATH 3.0": the target is a path into the payload,
// the value a path into XML that an earlier step has kept.
#[tokio::test]
async fn a_replacement_in_xml_may_be_found_by_a_path() {
    use bodies_1_1::address_letter;

    let script = Script::new()
        .on("GET /guests/ada")
        .reply_text(
            200,
            "application/xml",
            "<GuestCard><Name>Ada</Name><Id>g-9</Id></GuestCard>",
        )
        .on("POST /letters")
        .header("content-type", "application/xml")
        .reply_empty(204);
    address_letter(&client(&script), address_letter::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /guests/ada 200", "POST /letters 204"]);
    assert_eq!(
        element(&script.body(1)),
        "<Letter><Head><GuestId>g-9</GuestId></Head><Text>Come and eat.</Text></Letter>"
    );
}

// 1.1.0, Payload Replacement Object: where `targetSelectorType` is omitted, "`target` MUST be interpreted as XPath
// Expression if the payload is `application/xml`". What is put there is text, not markup.
#[tokio::test]
async fn a_replacement_in_xml_is_found_by_a_path_unless_told_otherwise() {
    use bodies_1_1::address_letter_by_default;

    for (guest, expected) in [("g-8", "g-8"), ("Tom & Eva", "Tom &amp; Eva")] {
        let script = Script::new()
            .on("POST /letters")
            .header("content-type", "application/xml")
            .reply_empty(204);
        let inputs = address_letter_by_default::Inputs::new(String::from(guest));
        address_letter_by_default(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /letters 204"]);
        assert_eq!(
            element(&script.body(0)),
            format!("<Letter><Head><GuestId>{expected}</GuestId></Head><Text>Come and eat.</Text></Letter>")
        );
    }
}
