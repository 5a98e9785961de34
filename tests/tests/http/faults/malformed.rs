//! JSON that is none.

use super::*;

/// Bodies that are called JSON and are not (RFC 8259), whatever one might find at the beginning. Messages show the first
/// bytes of what is not almost JSON (semantics, Responses), so that no secret stands there.
const NO_JSON: &[&[u8]] = &[
    b"",
    b" \r\n",
    b"{",
    b"{\"name\":\"hush\"",
    b"{\"name\":\"hush\",",
    b"{\"name\":\"hush\",\"extra\":[1",
    b"{\"name\":\"hush",
    b"{\"name\":\"hush\"} x",
    b"{\"name\":\"hush\"}{\"name\":\"hush\"}",
    b"{\"name\":\"hush\"}]",
    b"{\"name\":\"hush\",}",
    b"{\"name\":NaN}",
    b"{\"name\":\"hush\",\"extra\":NaN}",
    b"{\"name\":\"hush\",\"extra\":-Infinity}",
    b"{\"name\":\"hush\",\"extra\":01}",
    b"{\"name\":\"hush\",\"extra\":\"\\q\"}",
    b"{\"name\":\"hush\n\"}",
    b"{\"name\":\"hush\0\"}",
    b"{'name':'hush'}",
    b"{name:\"hush\"}",
    b"// a comment that is longer than forty bytes\n{\"name\":\"hush\"}",
    b"<html><title>The service is down</title>hush</html>",
    b"none",
    b"\x1f\x8b\x08\0\0\0\0\0",
];

// Semantics, Types of generated values: "A response that breaks its own schema where an output needs it is an error that
// names step, output, pointer, what was expected and what was found, with the response attached. It never panics."
#[tokio::test]
async fn a_member_of_what_is_no_json() {
    for body in NO_JSON {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        assert!(error.to_string().contains("name"), "{error}");
        let response = error.response().expect("it has come");
        assert_eq!(&response.body()[..], *body);
        assert!(!error.is_retryable(), "{}", body.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

#[tokio::test]
async fn the_status_of_what_is_no_json() {
    for body in NO_JSON {
        let server = Server::with_json(body);
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200, "{}", body.escape_ascii());
    }
}

// Semantics, Responses: "Where the description declares JSON for the status and the body parses as JSON, it is JSON
// whatever the label". RFC 9110, section 8.3.1: types are "case-insensitive".
#[tokio::test]
async fn what_is_called_something_else() {
    for content_type in [
        "content-type: application/json\r\n",
        "content-type: APPLICATION/Json\r\n",
        "content-type: application/json;charset=utf-8\r\n",
        "content-type: application/json ; charset=\"utf-8\"\r\n",
        "content-type: text/json\r\n",
        "content-type: application/problem+json\r\n",
        "Content-Type: Application/Vnd.x+JSON; v=1\r\n",
        "",
        "content-type: text/plain\r\n",
        "content-type: text/html; x=\"application/json\"\r\n",
        "content-type: application/jsonx\r\n",
        "content-type: application/json-seq\r\n",
        "content-type: application/octet-stream\r\n",
        "content-type: application/javascript\r\n",
        "content-type: json\r\n",
    ] {
        let server = Server::saying(answer("200 OK", content_type, r#"{"name":"called"}"#));
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "called", "{content_type}");
        let server = Server::saying(answer("200 OK", content_type, "<html>down</html>"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{content_type}: {error:#}");
        let label = content_type
            .trim_end()
            .split_once(": ")
            .map_or("no content type", |(_, label)| label);
        for part in [label, "<html>down</html>"] {
            assert!(
                said(&error).contains(&part.replace('"', "\\\"")) || error.to_string().contains(part),
                "{error}"
            );
        }
        assert_eq!(carried_on!(read, error).name, "well");
    }
    // An encoding that nobody has undone is named.
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n\x1f\x8b\x08\0";
    let error = failed!(read, Server::saying(gzip.to_vec()).client(), "fetch");
    assert!(error.to_string().contains("encoded as `gzip`"), "{error}");
    // What the type is, is not to be known: the run goes on or fails at the step.
    let server = Server::saying(
        [
            b"HTTP/1.1 200 OK\r\ncontent-type: \xff/\xfe\r\nconnection: close\r\n\r\n",
            &b"{\"name\":\"odd\"}"[..],
        ]
        .concat(),
    );
    match faults::read(&server.client(), faults::read::Inputs::new()).await {
        Ok(outputs) => assert_eq!(outputs.name, "odd"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
    }
}

// RFC 8259, section 8.1: who parses JSON "MAY ignore the presence of a byte order mark rather than treating it as an error".
#[tokio::test]
async fn a_byte_order_mark() {
    let server = Server::with_json("\u{feff}{\"name\":\"marked\"}");
    let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
    assert_eq!(outputs.unwrap().name, "marked");
}

/// JSON, but not what the schema says; the message says what was found and does not say the value.
#[tokio::test]
async fn a_member_that_is_something_else() {
    for body in [
        r"{}",
        r"[]",
        r"null",
        r#""hush""#,
        r#"["hush"]"#,
        r#"{"name":null}"#,
        r#"{"name":["hush-1"]}"#,
        r#"{"name":{"hush":"hush"}}"#,
        r#"{"Name":"hush"}"#,
        // RFC 8259, section 8.2: half a character, which no string in Rust can hold.
        r#"{"name":"hush \ud800"}"#,
    ] {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{body}: {error:#}");
        assert!(error.to_string().contains("name"), "{error}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

// RFC 8259, section 8.1: JSON "MUST be encoded using UTF-8". A value that is not must not come out with other
// characters in it.
#[tokio::test]
async fn a_value_that_is_no_utf_8() {
    for body in [
        &b"{\"name\":\"hush\xff\"}"[..],
        b"{\"name\":\"hush\xc0\xaf\"}",
        // Half a character, a surrogate, and a character behind the last.
        b"{\"name\":\"hush\xe2\x82\"}",
        b"{\"name\":\"hush\xed\xa0\x80\"}",
        b"{\"name\":\"hush\xf4\x90\x80\x80\"}",
    ] {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
        let error = failed!(read_whole, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        let error = failed!(expect_last, server.client(), "fetch");
        assert!(
            matches!(error.kind(), ErrorKind::Criterion | ErrorKind::Response),
            "{error:#}"
        );
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200, "{}", body.escape_ascii());
    }
}

/// Where it is in a part that nobody reads, docs are silent: the step fails, or what is read is right. In what is read,
/// however deep, it fails.
#[tokio::test]
async fn a_value_beside_what_is_no_utf_8() {
    for body in [
        &b"{\"name\":\"hush\",\"extra\":\"\xff\"}"[..],
        b"{\"extra\":\"\xc0\xaf\",\"name\":\"hush\"}",
        b"{\"name\":\"hush\",\"extra\":{\"a\":[\"\xff\"]}}",
        b"{\"name\":\"hush\",\"extra\":{\"\xff\":1}}",
        b"{\"name\":\"hush\",\"ex\xfftra\":1}",
        b"{\"na\xffme\":\"no\",\"name\":\"hush\"}",
    ] {
        let server = Server::with_json(body);
        match faults::read(&server.client(), faults::read::Inputs::new()).await {
            Ok(outputs) => assert_eq!(outputs.name, "hush"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
        }
        let error = failed!(read_whole, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        if body.windows(7).any(|window| window == b"\"extra\"") {
            let error = failed!(read_extra, server.client(), "fetch");
            assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        }
    }
}

// Semantics, Responses: "`*/json` and `*+json` are JSON; anything else is text, or bytes where it is not UTF-8". What is
// called JSON and is none must not be sent on as if it were something.
#[tokio::test]
async fn what_is_no_json_does_not_travel_on() {
    for body in [&b"{\"name\":\"hush\xff\"}"[..], b"\xff", b"{\"name\":\"hush\"", b"hush"] {
        let server = Server::with_json(body);
        let result = faults::pass_on(&server.client(), faults::pass_on::Inputs::new()).await;
        let heard = server.heard();
        let sent = heard.iter().find(|heard| heard.target() == "/orders");
        let sent = sent.map(|heard| String::from_utf8_lossy(&heard.body));
        assert_eq!(sent, None, "{}", body.escape_ascii());
        let error = result.expect_err("it is no JSON");
        assert_eq!((error.kind(), error.step()), (ErrorKind::Response, Some("fetch")));
    }
}

// RFC 8259, section 4: "Many implementations report the last name/value pair only." Which one is not said; that it is
// the same one wherever it is read is what anybody expects.
#[tokio::test]
async fn a_member_that_is_there_twice_is_the_same_wherever_it_is_read() {
    for (one, other) in [("first", "last"), ("last", "first")] {
        let server = Server::with_json(format!(r#"{{"name":"{one}","name":"{other}"}}"#));
        let whole = faults::read_whole(&server.client(), faults::read_whole::Inputs::new()).await;
        let whole = whole.unwrap();
        let in_whole = whole.whole["name"].as_str();
        let by_pointer = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(in_whole, Some(by_pointer.unwrap().name.as_str()));
        assert_eq!(in_whole, whole.name.as_ref().and_then(Value::as_str));
        let condition = faults::expect_last(&server.client(), faults::expect_last::Inputs::new()).await;
        assert_eq!(in_whole == Some("last"), condition.is_ok(), "{in_whole:?}");
    }
}
