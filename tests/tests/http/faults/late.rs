//! Bodies that do not come, or not in time.

use super::*;

/// What was cut off is no answer, even where it looks whole.
#[tokio::test]
async fn a_body_that_is_cut_off() {
    let body = r#"{"name":"half"}"#;
    for answer in [
        format!("content-length: 100\r\n\r\n{body}"),
        "content-length: 100\r\n\r\n".to_owned(),
        format!("content-length: 18446744073709551615\r\n\r\n{body}"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nff\r\n{body}"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\n0\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\nzz\r\n\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\nffffffffffffffffff\r\n\r\n"),
        format!("transfer-encoding: chunked\r\n\r\n-1\r\n{body}\r\n0\r\n\r\n"),
        "transfer-encoding: chunked\r\n\r\n".to_owned(),
    ] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{answer}"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{answer}");
        assert!(error.is_retryable(), "{answer}");
        assert_eq!(carried_on!(read, error).name, "well");
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{answer}");
    }
}

/// Who closes a connection with something unread resets it.
#[tokio::test]
async fn a_connection_that_is_reset_in_the_middle_of_a_body() {
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"name\":");
            // So that this much arrives before the connection is reset.
            thread::sleep(Duration::from_millis(50));
        }
    });
    let inputs = faults::give_body::Inputs::new(json!("some text"));
    let error = failed!(give_body, server.client(), "place", inputs);
    assert_eq!(error.kind(), ErrorKind::Transport);
    carried_on!(give_body, error);
}

/// Says something bit by bit, for ten seconds if anybody listens for so long, and the rest is right.
fn trickling(head: &'static str) -> Server {
    Server::start(move |connection| {
        if connection.hear().is_some() && connection.say(head) {
            for _ in 0..500 {
                if !connection.say(" ") {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
            connection.say("{\"name\":\"slow\"}");
        }
    })
}

const BODY_FOLLOWS: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 515\r\n\r\n";

// Spec, Step Object, timeout: the duration after which a step is timed out, in milliseconds. Semantics: "per attempt".
#[tokio::test]
async fn a_step_does_not_wait_for_a_slow_answer() {
    for head in [BODY_FOLLOWS, "HTTP/1.1 200 OK\r\nx-slow:", "HTTP/1.1 200"] {
        let server = trickling(head);
        let error = failed!(hurry, server.client(), "fetch");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{head}");
        assert!(error.is_retryable() && error.status().is_none(), "{head}");
        // Whoever does not wait does not keep the connection.
        assert!(server.is_left().await, "{head}");
        assert_eq!(carried_on!(hurry, error).name, "well");
    }
}

#[tokio::test]
async fn a_client_does_not_wait_for_a_slow_answer() {
    for head in [BODY_FOLLOWS, "HTTP/1.1 200"] {
        let server = trickling(head);
        let client = limited(&server.url(), |builder| builder.timeout(Duration::from_millis(300)));
        let error = failed!(read, client, "fetch");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{head}");
        assert!(server.is_left().await, "{head}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come() {
    let server = Server::start(|connection| {
        connection.hear();
        connection.linger();
    });
    let error = failed!(hurry, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(carried_on!(hurry, error).name, "well");
}

/// An answer in many pieces is an answer.
#[tokio::test]
async fn an_answer_byte_by_byte() {
    for framed in [
        "content-length: 18\r\n\r\n{\"name\":\"pi\u{e8}ces\"}",
        "transfer-encoding: chunked\r\n\r\n3;x=\"y\"\r\n{\"n\r\n0a\r\name\":\"pi\u{e8}\r\n5\r\nces\"}\r\n0\r\nx-tag: late\r\n\r\n",
    ] {
        let server = Server::start(move |connection| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
            if connection.hear().is_some() {
                for byte in format!("{head}{framed}").bytes() {
                    connection.say([byte]);
                    thread::sleep(Duration::from_millis(1));
                }
            }
        });
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "pièces", "{framed}");
    }
}
