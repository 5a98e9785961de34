//! JSON bodies that are written as text, replacements, selectors.

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};
use serde_json::{Value, json};

arazzo::arazzo_workflow!("language/written-payloads.yml");

/// Answers with a body and keeps what was sent.
fn client(answer: &'static str) -> (Client<impl Transport>, Arc<Mutex<Vec<String>>>) {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&sent);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            kept.lock()
                .unwrap()
                .push(String::from_utf8(request.body().to_vec()).unwrap());
            async move {
                Response::builder()
                    .status(201)
                    .body(Bytes::from_static(answer.as_bytes()))
            }
        })
        .build()
        .unwrap();
    (client, sent)
}

fn sent(kept: &Arc<Mutex<Vec<String>>>) -> Vec<Value> {
    kept.lock()
        .unwrap()
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

/// "Embedding inside a string literal of a JSON template is escaped for that literal, so that a
/// value can never change the structure around it."
#[tokio::test]
async fn a_value_in_json_text_cannot_change_its_structure() {
    let (client, kept) = client("{}");
    let inputs = as_text::Inputs::new("\", \"admin\": true, \"x\": \"\n", 3, vec!["a\"b".to_owned()]);
    as_text(&client, inputs).await.unwrap();
    assert_eq!(
        sent(&kept),
        [json!({
            "to": "Dear \", \"admin\": true, \"x\": \"\n!",
            "count": 3,
            "tags": ["a\"b"],
            "note": "tags [\"a\\\"b\"]",
        })],
    );
}

/// "… and as a JSON string otherwise."
#[tokio::test]
async fn other_text_is_a_json_string() {
    let (client, kept) = client("{}");
    as_plain_text(&client, as_plain_text::Inputs::new("\"bob\""))
        .await
        .unwrap();
    assert_eq!(sent(&kept), [json!("hello \"bob\"")]);
}

/// "A template that is not JSON" is a local failure: nothing is sent.
#[tokio::test]
async fn text_that_is_not_json_in_the_end_is_not_sent() {
    let (client, kept) = client("{}");
    let error = bare_text(&client, bare_text::Inputs::new("bob")).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Request, Some("post")));
    assert!(kept.lock().unwrap().is_empty());
    bare_text(&client, bare_text::Inputs::new("17")).await.unwrap();
    assert_eq!(sent(&kept), [json!({ "to": 17 })]);
}

#[tokio::test]
async fn replacements_are_made_in_any_payload() {
    let (client, kept) = client(r#"{"id":5}"#);
    let order = json!({ "a/b": [0, 1, 2], "copy": 0, "deep": { "er": 1.50 }, "n": 30 });
    let outputs = replaced(&client, replaced::Inputs::new(order, "bob")).await.unwrap();
    assert_eq!(outputs.id, 5);
    let sent = sent(&kept);
    assert_eq!(sent[0], json!({ "to": "bob", "lines": [{ "sku": "a", "n": 7 }] }));
    assert_eq!(
        sent[1],
        json!({ "a/b": [0, "bob", 2], "copy": 1.5, "deep": { "er": 1.5 }, "n": 30 })
    );
    assert_eq!(sent.len(), 2, "`$.id` selects a value, so the workflow has ended");
}

/// "A target that resolves to nothing is an error."
#[tokio::test]
async fn a_target_that_is_not_there_is_an_error() {
    let (client, kept) = client(r#"{"id":5}"#);
    let error = replaced(&client, replaced::Inputs::new(json!({ "copy": 0 }), "bob"))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Request, Some("given")));
    assert!(error.to_string().contains("`/a~1b/1` does not exist"), "{error}");
    assert_eq!(kept.lock().unwrap().len(), 1);
}

/// "The value MUST resolve to a string representing the complete query string"; "`querystring` is
/// the whole query".
#[tokio::test]
async fn a_querystring_is_the_whole_query() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            kept.lock().unwrap().push(request.uri().to_string());
            async { Response::builder().body(Bytes::new()) }
        })
        .build()
        .unwrap();
    whole_query(&client, whole_query::Inputs::new("caf\u{e9} #1"))
        .await
        .unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["http://parcels.test/search?category=caf%C3%A9%20%231&inStock=true"]
    );
}
