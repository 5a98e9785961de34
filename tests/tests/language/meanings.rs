//! What is written is what is sent and read: documents and descriptions as they are published, and services as they are.

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};
use serde_json::json;

mod odd {
    #![allow(deprecated)]
    arazzo::arazzo_workflow!("language/meanings/flow.yml");
}

pub(crate) type Sent = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A service that records requests and always says the same.
pub(crate) fn service(content_type: &'static str, body: &'static [u8]) -> (impl Transport + Clone, Sent) {
    let sent = Sent::default();
    let log = sent.clone();
    let transport = move |request: Request<Bytes>| {
        log.lock().unwrap().push(request);
        let mut response = Response::new(Bytes::from_static(body));
        if !content_type.is_empty() {
            response
                .headers_mut()
                .insert("content-type", content_type.parse().unwrap());
        }
        async move { Ok::<_, std::io::Error>(response) }
    };
    (transport, sent)
}

fn client(content_type: &'static str, body: &'static str) -> (Client<impl Transport>, Sent) {
    let (transport, sent) = service(content_type, body.as_bytes());
    (Client::builder().transport(transport).build().unwrap(), sent)
}

fn target(request: &Request<Bytes>) -> String {
    let decoded = request.uri().to_string();
    decoded.replace("%5B", "[").replace("%5D", "]")
}

fn text(request: &Request<Bytes>) -> &str {
    std::str::from_utf8(request.body()).unwrap()
}

pub(crate) fn header<'r>(request: &'r Request<Bytes>, name: &str) -> Vec<&'r str> {
    request
        .headers()
        .get_all(name)
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect()
}

/// Semantics, Requests: "A query in a path template is kept and extended."
#[tokio::test]
async fn a_query_in_a_path_is_extended() {
    let (client, sent) = client("", "");
    odd::searching(&client, odd::searching::Inputs::new()).await.unwrap();
    assert_eq!(target(&sent.lock().unwrap()[0]), "https://odd.test/search?fixed=1&q=x");
}

/// Semantics, Requests: "`deepObject` with arrays and nesting: `a[b][0][c]=…`".
#[tokio::test]
async fn deep_objects_are_written_as_servers_read_them() {
    let (client, sent) = client("", "");
    odd::deep(&client, odd::deep::Inputs::new()).await.unwrap();
    let sent = sent.lock().unwrap();
    assert_eq!(
        target(&sent[0]),
        "https://odd.test/deep?expand[0]=a&expand[1]=b&created[gte]=1&created[in][0]=1&created[in][1]=2&created[sub][a]=x%26y"
    );
    let form = text(&sent[1]).replace("%5B", "[").replace("%5D", "]");
    assert_eq!(
        form,
        "customer=c_1&items[0][price]=p_1&items[0][price_data][currency]=usd&metadata[order%20id]=6735"
    );
    let parts: Vec<(&str, &str)> = text(&sent[2])
        .split("name=\"")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('"').unwrap();
            let (_, value) = rest.split_once("\r\n\r\n").unwrap();
            (name, value.split("\r\n").next().unwrap())
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("items[0][price]", "p_1"),
            ("items[1][price]", "p_2"),
            ("a", "1"),
            ("b", "x")
        ]
    );
}

/// Semantics, Requests: "what is embedded in a form text is percent-encoded".
#[tokio::test]
async fn a_value_in_the_text_of_a_form_adds_no_parameter() {
    let (client, sent) = client("", "");
    odd::form(&client, odd::form::Inputs::new("a b&c=d+é%")).await.unwrap();
    assert_eq!(
        text(&sent.lock().unwrap()[0]),
        "grant_type=password&password=a%20b%26c%3Dd%2B%C3%A9%25&items[0][price]=p_1"
    );
}

/// Semantics, Requests: "Headers that the workflow writes are sent as written".
#[tokio::test]
async fn headers_of_a_workflow_are_sent() {
    let (client, sent) = client("", "");
    odd::headers(&client, odd::headers::Inputs::new().r#type("application/vnd.y+json"))
        .await
        .unwrap();
    odd::headers(&client, odd::headers::Inputs::new()).await.unwrap();
    let sent = sent.lock().unwrap();
    let types: Vec<Vec<&str>> = sent.iter().map(|request| header(request, "content-type")).collect();
    assert_eq!(
        types,
        [
            ["application/vnd.x+json"],
            ["application/vnd.y+json"],
            ["application/vnd.x+json"],
            ["application/json"]
        ]
    );
    assert_eq!(header(&sent[0], "cookie"), ["a=b; c=d"]);
    assert_eq!(text(&sent[0]), r#"{"a":1}"#);
}

/// OpenAPI 3.1.1, "Parameter Object": `allowReserved` is for query parameters. Segments are judged after joining.
#[tokio::test]
async fn a_value_stays_in_its_place_of_the_path() {
    let (client, sent) = client("", "");
    for name in ["../../admin", "a/../b?x#y", "%2e%2e", "@evil.test", "//evil.test"] {
        odd::file(&client, odd::file::Inputs::new(name)).await.unwrap();
    }
    for name in ["..", "."] {
        let error = odd::file(&client, odd::file::Inputs::new(name)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{name}");
    }
    let error = odd::hidden(&client, odd::hidden::Inputs::new(".")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request, "`/files/.` and `.` make `..`");
    odd::hidden(&client, odd::hidden::Inputs::new("env")).await.unwrap();
    for request in &*sent.lock().unwrap() {
        let uri = request.uri();
        assert_eq!(
            (uri.host(), uri.path().matches('/').count(), uri.query()),
            (Some("odd.test"), 2, None),
            "{uri}"
        );
    }
}

/// JSON Schema 2020-12, Validation, section 6.1.1: a number with a zero fractional part is an integer.
#[tokio::test]
async fn integers_are_read_however_they_are_written() {
    let (client, _) = client(
        "application/json",
        r#"{"whole":1.0,"small":1e3,"large":18446744073709551615,"list":[2.0,3],"user":{"address":{"city":"x"}}}"#,
    );
    let outputs = odd::numbers(&client, odd::numbers::Inputs::new()).await.unwrap();
    assert_eq!(
        (outputs.whole, outputs.small, outputs.large),
        (1, Some(1000), Some(18_446_744_073_709_551_615))
    );
    assert_eq!(outputs.list, Some(vec![2, 3]));
}

/// Semantics, Responses: "an integer beyond its Rust type is an error that says so"; "names step, output, pointer, what
/// was expected and what was found".
#[tokio::test]
async fn a_response_that_breaks_its_schema_is_named_with_the_place() {
    for (body, said) in [
        (
            r#"{"whole":18446744073709551615}"#,
            "`$response.body#/whole` should be an integer that fits 64 bits (`i64`), found a number",
        ),
        (
            r#"{"whole":1,"small":4081050336}"#,
            "`$response.body#/small` should be an integer that fits 32 bits (`i32`), found a number",
        ),
        (
            r#"{"whole":1,"user":{"address":{"city":null}}}"#,
            "`$response.body#/user/address/city` should be a string, found null",
        ),
        (
            r#"{"whole":1,"user":{"address":{"city":"x","zip":1}}}"#,
            "`$response.body#/user/address/zip` should be a string, found a number",
        ),
        (
            r#"{"whole":1,"user":{"address":null}}"#,
            "`$response.body#/user/address` should be an object",
        ),
        (
            r#"{"whole":1,"user":{"address":{}}}"#,
            "`$response.body#/user/address` should be an object with the member `city`, found an object",
        ),
        (
            r#"{"whole":1,"list":[1,"2"]}"#,
            "`$response.body#/list/1` should be an integer, found a string",
        ),
    ] {
        let (client, _) = client("application/json", body);
        let error = odd::numbers(&client, odd::numbers::Inputs::new()).await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Response, "{text}");
        assert!(
            text.contains(said) && text.contains("step `s`") && text.contains("violates its schema"),
            "{text}"
        );
        assert!(error.response().is_some());
    }
}

/// Semantics, Responses: JSON where the description declares it or the label says so; else it is said what arrived.
#[tokio::test]
async fn a_body_that_should_be_json_is_or_is_an_error() {
    let good = r#"{"whole":1,"state":"open"}"#;
    for label in [
        "text/plain",
        "text/html",
        "application/octet-stream",
        "application/javascript",
        "application/x-json",
        "json",
        "",
    ] {
        let (client, _) = client(label, good);
        let outputs = odd::numbers(&client, odd::numbers::Inputs::new()).await.unwrap();
        assert_eq!(outputs.whole, 1, "{label}");
        odd::locked(&client, odd::locked::Inputs::new()).await.unwrap();
    }
    let (marked, _) = client("application/json", "\u{feff}{\"whole\":1}");
    assert_eq!(
        odd::numbers(&marked, odd::numbers::Inputs::new()).await.unwrap().whole,
        1
    );
    for label in ["application/json", "text/html"] {
        let (client, _) = client(label, "<html>down</html>");
        let error = odd::numbers(&client, odd::numbers::Inputs::new())
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(label) && error.contains("<html>down"), "{error}");
        // A criterion that reads it fails, also one that asks for a difference.
        let error = odd::locked(&client, odd::locked::Inputs::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Criterion);
        assert!(error.to_string().contains("<html>down"), "{error}");
    }
    // An output of any type as well, where the label says JSON.
    let (client, _) = client("application/json", "{\"id\":");
    let error = odd::untyped(&client, odd::untyped::Inputs::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response, "{error}");
}

#[tokio::test]
async fn text_is_text_where_nothing_says_json() {
    let (client, _) = client("text/plain", "hello");
    let outputs = odd::untyped(&client, odd::untyped::Inputs::new()).await.unwrap();
    assert_eq!((outputs.id, outputs.whole), (None, Some(json!("hello"))));
}

/// A JSONPath query has nothing to select from in what is no JSON.
#[tokio::test]
async fn the_root_of_what_is_no_json_is_not_there() {
    for (label, body, met) in [
        ("application/json", "{}", true),
        ("application/json", "0", true),
        ("application/json", "null", false),
        ("text/plain", "hello", false),
        ("", "", false),
    ] {
        let (client, _) = client(label, body);
        let result = odd::rooted(&client, odd::rooted::Inputs::new()).await;
        assert_eq!(result.is_ok(), met, "{label} {body}");
    }
}

/// JSON Schema 2020-12, Core, section 6.4: patterns are built with the flag `u`.
#[tokio::test]
async fn patterns_know_unicode() {
    let (client, _) = client("application/json", r#"{"name":"Müller"}"#);
    odd::patterned(&client, odd::patterned::Inputs::new("Österreich"))
        .await
        .unwrap();
    let error = odd::patterned(&client, odd::patterned::Inputs::new("p{L}"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

/// `$workflows.w.outputs.x` means the latest call of `w`, also in a run that was stored in between.
#[tokio::test]
async fn a_called_workflow_keeps_its_outputs() {
    let (client, sent) = client("application/json", r#"{"whole":5}"#);
    let mut run = odd::calling::Run::new(odd::calling::Inputs::new());
    while !matches!(run.advance(&client).await.unwrap(), arazzo::Progress::Done(_)) {
        run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    }
    assert_eq!(run.outputs().unwrap().n, 5);
    assert_eq!(
        target(sent.lock().unwrap().last().unwrap()),
        "https://odd.test/search?fixed=1&q=5%2F7"
    );
}

#[tokio::test]
async fn a_workflow_that_always_leaves_returns_what_the_other_does() {
    let (client, _) = client("application/json", r#"{"whole":5}"#);
    let outcome = odd::leaving(&client, odd::leaving::Inputs::new()).await.unwrap();
    assert!(matches!(outcome, odd::leaving::Outcome::Callee(outputs) if outputs.whole == 5));
}

/// Workflows that call each other, compiled inside of a function.
#[tokio::test]
async fn a_function_body_can_have_workflows_that_call_each_other() {
    mod inner {
        #[allow(deprecated)]
        pub async fn call(client: &arazzo::Client<impl arazzo::Transport>) -> i64 {
            arazzo::arazzo_workflow! { "language/meanings/flow.yml", workflows = ["calling"] }
            calling(client, calling::Inputs::new()).await.unwrap().n
        }
    }
    let (client, _) = client("application/json", r#"{"whole":9}"#);
    assert_eq!(inner::call(&client).await, 9);
}
