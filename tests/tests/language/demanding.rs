//! Inputs: their types, their defaults, and what their schemas demand.

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};
use serde_json::{Value, json};

arazzo::arazzo_workflow!("language/demanding.yml");

use demanding::{Inputs, types};

fn client() -> (Client<impl Transport>, Arc<Mutex<Vec<Value>>>) {
    let sent: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = Arc::clone(&sent);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            kept.lock()
                .unwrap()
                .push(serde_json::from_slice(request.body()).unwrap());
            async { Response::builder().status(201).body(Bytes::new()) }
        })
        .build()
        .unwrap();
    (client, sent)
}

fn package(weight: f64) -> types::Box {
    serde_json::from_value(json!({ "weight": weight, "label": "red", "unknown": [1] })).unwrap()
}

/// "A `default` makes an input optional and supplies the value"; "null is sent and absence is not".
#[tokio::test]
async fn defaults_are_supplied_and_null_is_not_absence() {
    let (client, sent) = client();
    let inputs = || Inputs::new("bob", 1, vec!["a".to_owned()], package(1.5));
    demanding(&client, inputs()).await.unwrap();
    let common =
        json!({ "to": "bob", "count": 1, "tags": ["a"], "box": { "weight": 1.5, "label": "red", "unknown": [1] } });
    let with = |more: Value| {
        let mut all = common.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    assert_eq!(sent.lock().unwrap()[0], with(json!({ "times": 3 })));
    demanding(&client, inputs().times(4).note(None).loose(json!("x")).grade(2))
        .await
        .unwrap();
    assert_eq!(
        sent.lock().unwrap()[1],
        with(json!({ "times": 4, "note": null, "loose": "x", "grade": 2 }))
    );
    assert_eq!(inputs().note, None);
    assert_eq!(inputs().note(None).note, Some(None));
}

/// "Constraints checked before the first request with every violation listed".
#[tokio::test]
async fn every_violation_is_listed_and_nothing_is_sent() {
    let (client, sent) = client();
    let inputs = Inputs::new(
        "b",
        10,
        vec![String::new(), String::new(), "x".to_owned()],
        package(0.7),
    )
    .grade(4)
    .loose(json!(true));
    let error = demanding(&client, inputs).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let expected = [
        "the input `to` must have at least 2 characters",
        "the input `count` must be less than 10",
        "the input `tags` must have at most 2 items",
        "the input `tags` must not have duplicate items",
        "the input `tags/0` must have at least 1 characters",
        "the input `tags/1` must have at least 1 characters",
        "the input `box/weight` must be a multiple of 0.5",
        "the input `grade` must be one of 1, 2, 3",
        "the input `loose` must be integer or string",
    ];
    assert_eq!(error.to_string(), expected.join("; "));
    assert!(sent.lock().unwrap().is_empty());
}

/// "Serialize + DeserializeOwned under the names the document uses".
#[test]
fn inputs_are_read_and_written_under_the_names_of_the_document() {
    let value = json!({ "to": "bob", "count": 1, "tags": [], "box": { "weight": 1.0 }, "note": null });
    let inputs: Inputs = serde_json::from_value(value.clone()).unwrap();
    assert_eq!((inputs.note.clone(), inputs.times), (Some(None), None));
    assert_eq!(serde_json::to_value(&inputs).unwrap(), value);
    let missing = serde_json::from_value::<Inputs>(json!({ "to": "bob" })).unwrap_err();
    assert!(missing.to_string().contains("count"), "{missing}");
}
