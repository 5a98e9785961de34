//! Inputs that try to get out.

use super::*;

/// What somebody types who wants to send another request than the document says.
const ATTACKS: &[&str] = &[
    "a\r\nX-Evil: yes",
    "a\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
    "a\nX-Evil: yes",
    "a\rb",
    "a b HTTP/1.1",
    "../evil",
    "..",
    ".",
    "../../../../etc/passwd",
    "..\\evil",
    "/evil",
    "//evil.example/",
    "http://evil.example/",
    "a/../b",
    "a/./b",
    "?x=y",
    "a?x=y&z=w",
    "a&q=other",
    "a#b",
    "a;b=c",
    "a,b",
    "a=b",
    "a+b",
    "%2e%2e",
    "%2E",
    "%2e%2e%2fevil",
    "%2F",
    "%",
    "%zz",
    "%00",
    "a\0b",
    "\0",
    "\u{1}\u{1f}\u{7f}",
    "\u{85}\u{a0}\u{2028}\u{feff}",
    "é€🎨",
    "．．／",
    "@evil.example",
    ":80",
    "\"quoted\" \\ 'text'",
    "{id}",
    "$inputs.text",
    "{$inputs.text}",
    " ",
    " a ",
    "\t",
    "",
];

// RFC 3986, section 2.1 and 2.3: everything but unreserved characters, as UTF-8 and in upper case.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A server that nothing is wrong with, and its client.
fn healthy() -> (Server, Client) {
    let server = Server::healthy();
    let client = server.client();
    (server, client)
}

/// Runs a workflow with an input: the one request that comes of it, or the kind of error that kept it from being sent.
macro_rules! given {
    ($workflow:ident, $text:expr, $healthy:expr) => {{
        let (server, client) = $healthy;
        let connections = server.connections();
        let inputs = faults::$workflow::Inputs::new($text);
        let result = faults::$workflow(client, inputs).await;
        let mut heard = std::mem::take(&mut *server.kept.heard.lock().unwrap());
        let connections = server.connections() - connections;
        match result {
            Ok(_) => {
                assert_eq!((heard.len(), connections), (1, 1), "{heard:?}");
                let heard = heard.remove(0);
                assert!(heard.body.is_empty(), "{heard:?}");
                assert!(heard.text(0).starts_with("GET /items/"), "{heard:?}");
                assert!(heard.text(0).ends_with(" HTTP/1.1"), "{heard:?}");
                Ok(heard)
            }
            Err(error) => {
                assert_eq!(connections, 0, "{error:#}: {heard:?}");
                assert_eq!(error.step(), Some("fetch"));
                Err(error.kind())
            }
        }
    }};
}

/// The names of the headers that everybody sends.
async fn usual((server, client): (&Server, &Client)) -> Vec<String> {
    let heard = given!(give_id, "plain", (server, client));
    heard.expect("nothing is wrong with it").names()
}

// Semantics, Requests: "Path parameters are percent-encoded whole". RFC 3986, section 5.2.4: a dot-segment cannot be
// said, nor an empty one without becoming another path.
#[tokio::test]
async fn no_input_gets_out_of_its_place_in_the_path() {
    let (server, client) = healthy();
    let usual = usual((&server, &client)).await;
    for attack in ATTACKS {
        match given!(give_id, *attack, (&server, &client)) {
            Ok(heard) => {
                assert_eq!(heard.target(), format!("/items/{}", encoded(attack)), "{attack:?}");
                assert_eq!(heard.names(), usual, "{attack:?}");
                assert!(!matches!(*attack, "" | "." | ".."), "{attack:?}");
            }
            Err(kind) => {
                assert_eq!(kind, ErrorKind::Request, "{attack:?}");
                assert!(matches!(*attack, "" | "." | ".."), "{attack:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_input_gets_out_of_its_place_in_the_query() {
    let (server, client) = healthy();
    let usual = usual((&server, &client)).await;
    for attack in ATTACKS {
        let heard =
            given!(give_query, *attack, (&server, &client)).unwrap_or_else(|kind| panic!("{attack:?}: {kind:?}"));
        assert_eq!(heard.target(), format!("/items/7?q={}", encoded(attack)), "{attack:?}");
        assert_eq!(heard.names(), usual, "{attack:?}");
    }
}

// Semantics, Requests: "Header values with CR, LF or NUL are an error before anything is sent." RFC 9110, section 5.5:
// other controls "are also invalid", white space around a value is not of it, and what is no ASCII is opaque: it goes
// as its UTF-8 or not at all.
#[tokio::test]
async fn no_input_gets_out_of_its_header() {
    let (server, client) = healthy();
    let mut expected = usual((&server, &client)).await;
    expected.push("x-note".to_owned());
    expected.sort();
    for attack in ATTACKS {
        match given!(give_header, *attack, (&server, &client)) {
            Ok(heard) => {
                assert_eq!(
                    heard.all("x-note"),
                    [attack.trim_matches([' ', '\t']).as_bytes()],
                    "{attack:?}"
                );
                assert_eq!(heard.names(), expected, "{attack:?}");
                assert_eq!(heard.target(), "/items/7", "{attack:?}");
            }
            Err(kind) => {
                assert_eq!(kind, ErrorKind::Request, "{attack:?}");
                let plain = attack
                    .bytes()
                    .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
                assert!(!plain, "{attack:?}");
            }
        }
    }
}

// OpenAPI 3.2, Parameter Object Examples: a cookie of style `form` is percent-encoded.
#[tokio::test]
async fn no_input_gets_out_of_its_cookie() {
    let (server, client) = healthy();
    let mut expected = usual((&server, &client)).await;
    expected.push("cookie".to_owned());
    expected.sort();
    for attack in ATTACKS {
        let heard =
            given!(give_cookie, *attack, (&server, &client)).unwrap_or_else(|kind| panic!("{attack:?}: {kind:?}"));
        let cookie = format!("crumb={}", encoded(attack));
        assert_eq!(heard.all("cookie"), [cookie.as_bytes()], "{attack:?}");
        assert_eq!(heard.names(), expected, "{attack:?}");
    }
}

/// What is too long for a URL or a header is sent whole or not at all.
#[tokio::test]
async fn an_input_that_is_very_long() {
    let (server, client) = healthy();
    for length in [1000, 30_000, 70_000, 300_000] {
        let long = "x".repeat(length);
        let whole = |target: &str, result: Result<Heard, ErrorKind>| match result {
            Ok(heard) => assert_eq!(heard.target(), target),
            Err(kind) => {
                assert!(length > 30_000, "{length}");
                assert_eq!(kind, ErrorKind::Request, "{length}");
            }
        };
        whole(
            &format!("/items/{long}"),
            given!(give_id, long.as_str(), (&server, &client)),
        );
        whole(
            &format!("/items/7?q={long}"),
            given!(give_query, long.as_str(), (&server, &client)),
        );
        match given!(give_header, long.as_str(), (&server, &client)) {
            Ok(heard) => assert_eq!(heard.all("x-note"), [long.as_bytes()]),
            Err(kind) => assert_eq!(kind, ErrorKind::Request, "{length}"),
        }
        match given!(give_cookie, long.as_str(), (&server, &client)) {
            Ok(heard) => assert_eq!(heard.all("cookie"), [format!("crumb={long}").as_bytes()]),
            Err(kind) => assert_eq!(kind, ErrorKind::Request, "{length}"),
        }
    }
}

// RFC 8259, section 7: in a string of JSON, quotes, backslashes and controls are escaped.
#[tokio::test]
async fn no_input_gets_out_of_a_body() {
    let (server, client) = healthy();
    for attack in ATTACKS.iter().chain(&["\",\"evil\":\"", "\\\",\"evil\":1}", "}"]) {
        let inputs = faults::give_body::Inputs::new(json!(attack));
        faults::give_body(&client, inputs).await.unwrap();
        let heard = std::mem::take(&mut *server.kept.heard.lock().unwrap());
        assert_eq!(heard.len(), 1, "{attack:?}");
        let body: Value = serde_json::from_slice(&heard[0].body).expect("JSON");
        assert_eq!(body, json!({ "data": attack }));
    }
}

/// What one server has sent goes into the path of the next request, and is no more to be trusted than an input.
#[tokio::test]
async fn no_answer_gets_out_of_the_next_request() {
    for attack in ATTACKS {
        let body = json!({ "name": attack }).to_string();
        let server = Server::with_json(body);
        let result = faults::read_on(&server.client(), faults::read_on::Inputs::new()).await;
        let heard = server.heard();
        let targets: Vec<&str> = heard.iter().map(Heard::target).collect();
        if matches!(*attack, "" | "." | "..") {
            let error = result.expect_err("it cannot be said");
            assert_eq!((error.kind(), error.step()), (ErrorKind::Request, Some("fetch")));
            assert_eq!(targets, ["/orders"], "{attack:?}");
        } else {
            let outputs = result.unwrap_or_else(|error| panic!("{attack:?}: {error:#}"));
            assert_eq!((outputs.first.as_str(), outputs.second.as_str()), (*attack, *attack));
            assert_eq!(targets, ["/orders", &format!("/items/{}", encoded(attack))]);
        }
    }
}
