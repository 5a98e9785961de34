//! Bytes: files that are sent, and bodies that are no text. Semantics, Requests: "XML, text and binary from a string";
//! Responses: "anything else is text, or bytes where it is not UTF-8".

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{Blob, Bytes, Client, Transport};

mod files {
    arazzo::arazzo_workflow!("language/files.yml");
}
use files::{copy, upload};

/// No UTF-8: the beginning of every PNG.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

type Sent = Arc<Mutex<Vec<(String, String, Bytes)>>>;

/// A client that keeps what is sent, and answers with a picture or a text where one is asked for.
fn client() -> (Client<impl Transport>, Sent) {
    let sent: Sent = Arc::default();
    let kept = Arc::clone(&sent);
    let transport = move |request: Request<Bytes>| {
        let content_type = request
            .headers()
            .get("content-type")
            .map_or("", |value| value.to_str().unwrap());
        let line = format!("{} {}", request.method(), request.uri().path());
        kept.lock()
            .unwrap()
            .push((line.clone(), content_type.to_owned(), request.body().clone()));
        let response = Response::builder();
        let response = match line.as_str() {
            "GET /picture" => response
                .header("content-type", "image/png")
                .body(Bytes::from_static(PNG)),
            "GET /readme" => response
                .header("content-type", "text/plain")
                .body(Bytes::from_static(b"Read me.")),
            _ => response.status(204).body(Bytes::new()),
        };
        async { response }
    };
    (Client::builder().transport(transport).build().unwrap(), sent)
}

#[tokio::test]
async fn files_are_sent_as_their_bytes() {
    let (client, sent) = client();
    let picture = Blob::new(PNG).named("a \"b\".png");
    let pages = vec![
        Blob::from("one").of_type("text/plain"),
        Blob::new(vec![0, 255]).named("2.bin"),
    ];
    let inputs = upload::Inputs::new(picture).pages(pages).note("for you");
    // A run keeps the bytes where it is stored.
    let mut run: upload::Run = arazzo_tests::script::reload(&upload::Run::new(inputs));
    run.finish(&client).await.unwrap();

    let sent = sent.lock().unwrap();
    let (line, content_type, body) = &sent[0];
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a boundary");
    assert_eq!(line, "POST /files");
    let part = |head: &str, media: &str, content: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\nContent-Type: {media}\r\n\r\n");
        [head.as_bytes(), content, b"\r\n"].concat()
    };
    let expected = [
        part("name=\"note\"", "text/plain; charset=utf-8", b"for you"),
        part("name=\"picture\"; filename=\"a %22b%22.png\"", "image/png", PNG),
        part("name=\"pages\"; filename=\"pages\"", "text/plain", b"one"),
        part(
            "name=\"pages\"; filename=\"2.bin\"",
            "application/octet-stream",
            &[0, 255],
        ),
        format!("--{boundary}--\r\n").into_bytes(),
    ]
    .concat();
    assert_eq!(body, &expected, "{}", String::from_utf8_lossy(body));
    assert_eq!(
        sent[1],
        (
            String::from("PUT /raw"),
            String::from("application/octet-stream"),
            Bytes::from_static(PNG)
        )
    );
    // JSON has no bytes: `contentEncoding: base64` (JSON Schema 2020-12, Validation, section 8.3; RFC 4648, section 4).
    assert_eq!(sent[2].2, r#"{"data":"iVBORw0KGgo="}"#);
}

#[tokio::test]
async fn bytes_that_came_travel_on_as_they_are() {
    let (client, sent) = client();
    let outputs = copy(&client, copy::Inputs::new()).await.unwrap();
    let picture: Blob = outputs.picture;
    let text: String = outputs.text;
    assert_eq!(
        (picture.bytes().as_ref(), picture.media_type(), text.as_str()),
        (PNG, Some("image/png"), "Read me.")
    );
    assert_eq!(sent.lock().unwrap()[1].2, PNG);
    assert!(!format!("{picture:?}").contains("PNG"));
}
