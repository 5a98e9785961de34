//! Servers.

use super::*;

/// The methods and the whole URLs.
type Urls = Arc<Mutex<Vec<String>>>;

/// A client for the servers that the descriptions name, which are not there.
fn elsewhere() -> (Client<impl Transport>, Urls) {
    let urls: Urls = Arc::default();
    let kept = Arc::clone(&urls);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            kept.lock()
                .unwrap()
                .push(format!("{} {}", request.method(), request.uri()));
            async { Response::builder().status(204).body(Bytes::new()) }
        })
        .build()
        .expect("the client is complete");
    (client, urls)
}

/// An output, whatever its type.
fn value(output: &impl serde::Serialize) -> Value {
    serde_json::to_value(output).expect("JSON")
}

// OpenAPI 3.1, Server Variable Object, default: "The default value to use for substitution"; Path Item Object, servers:
// "If a `servers` array is specified at the OpenAPI Object level, it will be overridden by this value"; Operation
// Object, servers: "If a `servers` array is specified at the Path Item Object or OpenAPI Object level, it will be
// overridden by this value". Paths Object: "The path is appended (no relative URL resolution) to the expanded URL".
// Semantics: "the operation's, path's or document's first server", and "`$url` is the request's final URL".
#[tokio::test]
async fn servers_of_the_operation_the_path_and_the_document() {
    let (client, urls) = elsewhere();
    let outputs = servers::addresses(&client, servers::addresses::Inputs::new())
        .await
        .unwrap();
    assert_eq!(value(&outputs.document), "https://eu.wire.test:8443/v2/document");
    assert_eq!(value(&outputs.path), "https://path.wire.test/api/path");
    assert_eq!(value(&outputs.operation), "https://operation.wire.test/own/path");
    assert_eq!(value(&outputs.alone), "http://alone.wire.test:8080/operation");
    assert_eq!(
        *urls.lock().unwrap(),
        [
            "GET https://eu.wire.test:8443/v2/document",
            "GET https://path.wire.test/api/path",
            "POST https://operation.wire.test/own/path",
            "GET http://alone.wire.test:8080/operation",
        ]
    );
}

// Semantics: "The base URL is the client's override for the source description, else […]".
#[tokio::test]
async fn servers_give_way_to_the_base_url_of_the_client() {
    let sent = sent!(servers::addresses);
    assert_eq!(targets(&sent), ["/document", "/path", "/path", "/operation"]);

    let wire = Wire::start();
    let below = format!("{}/below/it", wire.url());
    let client = wire.client(|api| api.base_url(below));
    servers::addresses(&client, servers::addresses::Inputs::new())
        .await
        .unwrap();
    assert_eq!(
        targets(&wire.sent()),
        [
            "/below/it/document",
            "/below/it/path",
            "/below/it/path",
            "/below/it/operation"
        ]
    );
    assert!(
        wire.sent()
            .iter()
            .all(|request| request.header("host") == Some(wire.address.to_string().as_str()))
    );
}

// Semantics: "a relative server URL needs the override (compile-time note, run-time error)".
#[tokio::test]
async fn servers_that_are_relative_need_a_base_url() {
    let (client, urls) = elsewhere();
    servers::relative(&client, servers::relative::Inputs::new())
        .await
        .unwrap_err();
    assert!(urls.lock().unwrap().is_empty());

    let sent = sent!(servers::relative);
    assert_eq!(targets(&sent), ["/relative"]);
}

// Swagger, Swagger Object: `schemes`, `host` ("MAY include a port") and `basePath`, "The base path on which the API is
// served, which is relative to the `host`".
#[tokio::test]
async fn servers_of_swagger() {
    let (client, urls) = elsewhere();
    let outputs = swagger::addressed(&client, swagger::addressed::Inputs::new())
        .await
        .unwrap();
    let expected = "https://swagger.wire.test:8443/v1/addressed";
    assert_eq!(value(&outputs.url), expected);
    assert_eq!(*urls.lock().unwrap(), [format!("GET {expected}")]);
}
