//! Lengths.

use super::*;

/// A length that is too short cuts the body, which then is no JSON; a step that reads only the status does not care.
#[tokio::test]
async fn a_length_that_is_too_short() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"name\":\"too long\"}",
    );
    let error = failed!(read, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
    assert_eq!(carried_on!(read, error).name, "well");
    let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
    assert_eq!(outputs.unwrap().code, 200);
}

// RFC 9112, section 6.3: an invalid length is "an unrecoverable error" unless all its values are the same.
#[tokio::test]
async fn lengths_that_are_none() {
    for lengths in [
        "content-length: 14\r\ncontent-length: 5\r\n",
        "content-length: 14, 5\r\n",
        "content-length: -1\r\n",
        "content-length: +14\r\n",
        "content-length: fourteen\r\n",
        "content-length: 99999999999999999999999\r\n",
        "content-length: \r\n",
    ] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n{lengths}\r\n{{\"name\":\"odd\"}}"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{lengths}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

/// A server that says this many bytes as JSON, in pieces of a length or without one.
fn saying_much(bytes: usize, chunked: bool) -> Server {
    Server::start(move |connection| {
        let framing = if chunked {
            "transfer-encoding: chunked".to_owned()
        } else {
            format!("content-length: {bytes}")
        };
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{framing}\r\n\r\n");
        if connection.hear().is_none() || !connection.say(head) {
            return;
        }
        let start = b"{\"name\":\"big\"}";
        let mut left = bytes;
        let mut first = true;
        while left > 0 {
            let mut piece = vec![b' '; left.min(65_536)];
            if std::mem::take(&mut first) {
                piece[..start.len()].copy_from_slice(start);
            }
            left -= piece.len();
            let said = if chunked {
                connection.say(format!("{:x}\r\n", piece.len())) && connection.say(&piece) && connection.say("\r\n")
            } else {
                connection.say(&piece)
            };
            if !said {
                return;
            }
        }
        if chunked {
            connection.say("0\r\n\r\n");
        }
    })
}

fn is_too_large(error: &arazzo::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<ResponseTooLarge>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// What sockets hold between the two sides.
const ON_THE_WAY: usize = 16 << 20;

// Docs: "How many bytes the body of a response may have; 16 MiB unless said otherwise."
#[tokio::test]
async fn a_body_that_is_too_large_is_not_taken() {
    for chunked in [false, true] {
        for limit in [None, Some(1 << 20)] {
            let server = saying_much(64 << 20, chunked);
            let client = limited(&server.url(), |builder| match limit {
                Some(limit) => builder.max_response_bytes(limit),
                None => builder,
            });
            let error = failed!(look, client, "fetch");
            // Which kind that is, the docs do not say.
            assert!(is_too_large(error.as_ref()), "{error:#}");
            assert!(server.is_left().await);
            let taken = server.kept.taken.load(Ordering::SeqCst);
            let limit = limit.unwrap_or(16 << 20);
            assert!(taken < limit + ON_THE_WAY, "{taken} of {limit}");
            assert_eq!(carried_on!(look, error).code, 200);
        }
    }
}

// Docs of `is_retryable`: "Whether the same run may succeed later without anything being changed: no response came, or
// the server said […]". A response came, and the next one will be no smaller.
#[tokio::test]
async fn a_body_that_is_too_large_is_no_reason_to_try_again() {
    let server = saying_much(64 << 20, false);
    let error = failed!(look, server.client(), "fetch");
    assert!(!error.is_retryable(), "{error:#}");
}

// Docs of `Error`: "`Display` is one line without the text of its source; `{:#}` adds that".
#[tokio::test]
async fn a_message_says_what_is_behind_it_once() {
    let (large, healthy) = (saying_much(200, false), Server::healthy());
    let strict = limited(&large.url(), |builder| builder.max_response_bytes(100));
    let garbage = Server::saying("hello");
    let void = Server::with_json("{");
    for error in [
        failed!(read, strict, "fetch").into_error(),
        failed!(read, client(&closed()), "fetch").into_error(),
        failed!(read, garbage.client(), "fetch").into_error(),
        failed!(read, void.client(), "fetch").into_error(),
        failed!(give_id, healthy.client(), "fetch", faults::give_id::Inputs::new("..")).into_error(),
    ] {
        if let Some(source) = error.source() {
            let (short, source) = (error.to_string(), source.to_string());
            assert!(!short.contains(&source), "{short}");
            assert_eq!(format!("{error:#}").matches(&source).count(), 1, "{error:#}");
        }
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    for chunked in [false, true] {
        for (bytes, fits) in [(99_999, true), (100_000, true), (100_001, false)] {
            let server = saying_much(bytes, chunked);
            let client = limited(&server.url(), |builder| builder.max_response_bytes(100_000));
            let result = faults::read(&client, faults::read::Inputs::new()).await;
            match result {
                Ok(outputs) => assert!(fits && outputs.name == "big", "{bytes}"),
                Err(error) => assert!(!fits && is_too_large(error.as_ref()), "{bytes}: {error:#}"),
            }
        }
    }
}
