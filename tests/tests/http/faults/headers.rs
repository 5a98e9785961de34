//! Headers of answers.

use super::*;

/// What a step reads of a header of this answer.
async fn tag(headers: &[u8]) -> Result<Option<String>, faults::read_tag::Error> {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n".to_vec();
    answer.extend_from_slice(headers);
    answer.extend_from_slice(b"content-length: 14\r\n\r\n{\"name\":\"tag\"}");
    let server = Server::saying(answer);
    let client = server.client();
    let result = faults::read_tag(&client, faults::read_tag::Inputs::new()).await;
    // What is in a header that is not read does no harm, where the answer can be read at all.
    if !matches!(&result, Err(error) if error.kind() == ErrorKind::Transport) {
        let read = faults::read(&client, faults::read::Inputs::new()).await;
        assert_eq!(read.unwrap().name, "tag", "{}", headers.escape_ascii());
    }
    let outputs = result?;
    Ok(outputs.tag)
}

// Semantics, Responses: "Header lookup ignores case and takes the first value."
#[tokio::test]
async fn a_header_that_is_there_twice() {
    for (headers, expected) in [
        ("X-Tag: one\r\nX-Tag: two\r\n", Some("one")),
        ("x-tag: two\r\nX-TAG: one\r\nx-Tag: three\r\n", Some("two")),
        ("X-Tag: one, two\r\nX-Tag: three\r\n", Some("one, two")),
        ("X-Tag: \r\nX-Tag: two\r\n", Some("")),
        ("X-Tag:  \t one \t \r\n", Some("one")),
        ("X-Tags: one\r\n", None),
    ] {
        assert_eq!(tag(headers.as_bytes()).await.unwrap().as_deref(), expected, "{headers}");
    }
}

/// A header as long as those of usual servers may be comes whole; one that is longer too, or not at all.
#[tokio::test]
async fn a_header_that_is_long() {
    for length in [1000, 16_000, 100_000, 1 << 20] {
        let long = "x".repeat(length);
        match tag(format!("X-Tag: {long}\r\n").as_bytes()).await {
            Ok(tag) => assert_eq!(tag, Some(long)),
            Err(error) => {
                assert!(length > 16_000, "{length}: {error:#}");
                assert_eq!(error.kind(), ErrorKind::Transport, "{length}: {error:#}");
            }
        }
    }
}

#[tokio::test]
async fn headers_that_are_many() {
    for many in [10, 80, 1000, 10_000] {
        let mut headers = String::new();
        for header in 0..many {
            let _ = write!(headers, "x-{header}: {header}\r\n");
        }
        headers.push_str("X-Tag: last\r\n");
        match tag(headers.as_bytes()).await {
            Ok(tag) => assert_eq!(tag.as_deref(), Some("last")),
            Err(error) => {
                assert!(many > 80, "{many}: {error:#}");
                assert_eq!(error.kind(), ErrorKind::Transport, "{many}: {error:#}");
            }
        }
    }
}

// RFC 9110, section 5.5: other bytes than ASCII are "opaque data". Docs are silent. A text that nobody has sent must not
// be made up, since it goes on into other requests: the header is as good as absent, or the step fails.
#[tokio::test]
async fn a_header_that_is_no_text() {
    for bytes in [&b"\xff"[..], b"a\xc0\xafb", b"\xe2\x82", b"caf\xe9"] {
        match tag(&[b"X-Tag: ", bytes, b"\r\n"].concat()).await {
            Ok(tag) => assert_eq!(tag, None, "{}", bytes.escape_ascii()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
        }
    }
}

// The same section: what is no ASCII is opaque. In UTF-8 it is its text, or as good as absent, but nothing else.
#[tokio::test]
async fn a_header_in_utf_8() {
    match tag("X-Tag: café\r\n".as_bytes()).await {
        Ok(tag) => assert!(matches!(tag.as_deref(), None | Some("café")), "{tag:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
    }
}

// The same section: a recipient of a value with NUL "MUST either reject the message or replace each of those characters
// with SP".
#[tokio::test]
async fn a_header_with_nul() {
    match tag(b"X-Tag: a\0b\r\n").await {
        Ok(tag) => assert_eq!(tag.as_deref(), Some("a b")),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Transport, "{error:#}"),
    }
}
