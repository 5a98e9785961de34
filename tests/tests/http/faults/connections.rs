//! Connections.

use super::*;

#[tokio::test]
async fn a_refused_connection() {
    let error = failed!(read, client(&closed()), "fetch");
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_been_sent());
    // A client of the user may have followed a redirect.
    let own = Client::builder().transport(arazzo::reqwest::Client::new());
    let own = own
        .source("service", |api| {
            api.base_url(closed()).credential(Credential::api_key("k"))
        })
        .build()
        .unwrap();
    let error = failed!(read, own, "fetch");
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Connect, true));
    let error = failed!(read, client(&closed()), "fetch");
    assert_eq!((error.workflow(), error.attempts()), ("read", 1));
    assert!(error.is_retryable());
    assert!(error.status().is_none() && error.response().is_none());
    assert_eq!(carried_on!(read, error).name, "well");
}

/// The URL of a request holds a credential, and an input that nobody should see.
#[tokio::test]
async fn a_failure_does_not_show_what_is_in_the_url() {
    let server = Server::saying("who is there?\r\n\r\n");
    let no_tls = Server::start(|connection| _ = connection.say("who is there?\r\n\r\n"));
    for (url, kind) in [
        (closed(), ErrorKind::Connect),
        (server.url(), ErrorKind::Transport),
        (no_tls.url().replace("http:", "https:"), ErrorKind::Connect),
    ] {
        let error = failed!(unlock, client(&url), "open");
        assert_eq!(error.kind(), kind);
        assert_eq!(error.may_have_been_sent(), kind == ErrorKind::Transport);
        let inputs = faults::show_pass::Inputs::new("hush-input");
        let error = failed!(show_pass, client(&url), "fetch", inputs);
        assert_eq!(error.kind(), kind);
        assert_eq!(carried_on!(show_pass, error).name, "well");
    }
}

/// An address that no request can be sent to is refused by the builder, or the run fails; the URL with its credential is
/// not shown either way.
#[tokio::test]
async fn an_address_that_is_none() {
    for url in [
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://%zz",
        "http://a b",
        "http://",
        "http://:80",
        "http://[v1.x]",
        "http://1.2.3.4.5",
        "http://999.999.999.999",
        "http://127.0.0.1:0",
        "http://127.0.0.1\r\nx: y",
        "http://127.0.0.1/\0",
    ] {
        let builder = Client::builder().timeout(Duration::from_secs(3));
        let built = builder
            .source("service", |api| {
                api.base_url(url).credential(Credential::api_key("hush-query"))
            })
            .build();
        match built {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Configuration, "{url}"),
            Ok(client) => {
                let inputs = faults::show_pass::Inputs::new("hush-input");
                let error = failed!(show_pass, client, "fetch", inputs);
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::Connect | ErrorKind::Request | ErrorKind::Transport
                    ),
                    "{url}: {error:#}"
                );
                assert_eq!(carried_on!(show_pass, error).name, "well");
            }
        }
    }
}

/// A credential that cannot be in a header is sent nowhere and shown nowhere.
#[tokio::test]
async fn a_credential_that_would_end_its_header() {
    let server = Server::healthy();
    for evil in ["hush\r\nX-Evil: yes", "hush\nX-Evil: yes", "hush\0"] {
        for scheme in ["bearer", "headerKey", "cookieKey"] {
            let built = Client::builder()
                .source("service", |api| {
                    let credential = |name| if name == scheme { evil } else { "hush" };
                    api.base_url(server.url())
                        .scheme("bearer", Credential::bearer(credential("bearer")))
                        .scheme("headerKey", Credential::api_key(credential("headerKey")))
                        .scheme("queryKey", Credential::api_key("hush"))
                        .scheme("cookieKey", Credential::api_key(credential("cookieKey")))
                })
                .build();
            match built {
                Err(error) => assert!(!said(&error).contains("hush"), "{scheme}"),
                Ok(client) => {
                    assert!(!format!("{client:?}").contains("hush"), "{scheme}");
                    let result = faults::unlock(&client, faults::unlock::Inputs::new()).await;
                    let heard = server.heard();
                    match result {
                        Err(error) => {
                            assert!(
                                !said(&error).contains("hush") && heard.is_empty(),
                                "{scheme}: {heard:?}"
                            );
                        }
                        // In a cookie it may be encoded.
                        Ok(_) => assert!(scheme == "cookieKey" && heard[0].all("x-evil").is_empty(), "{heard:?}"),
                    }
                    server.kept.heard.lock().unwrap().clear();
                }
            }
        }
    }
}

// Semantics, Criteria: "No `successCriteria`: the step succeeds on 2xx".
#[tokio::test]
async fn an_unusual_status() {
    for (status, succeeds) in [
        ("299 Fine", true),
        ("200", true),
        ("299 \u{e9}", true),
        ("304 Not Modified", false),
        ("199 Odd", false),
        ("600 Odd", false),
        ("999 Odd", false),
    ] {
        let server = Server::saying(answer(status, "", r#"{"name":"unusual"}"#));
        match faults::read(&server.client(), faults::read::Inputs::new()).await {
            Ok(outputs) => assert!(succeeds && outputs.name == "unusual", "{status}"),
            Err(error) => {
                assert!(!succeeds, "{status}: {error:#}");
                // A status of 199 is an answer before the answer, which then does not come.
                if status.starts_with("199") {
                    assert_eq!(error.kind(), ErrorKind::Transport, "{error:#}");
                } else {
                    assert_eq!(error.kind(), ErrorKind::Criterion, "{status}: {error:#}");
                    let code: u16 = status[..3].parse().unwrap();
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
                }
                assert_eq!(carried_on!(read, error).name, "well");
            }
        }
    }
    // A protocol that nobody has asked for.
    let upgrade = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nx";
    let server = Server::saying(upgrade);
    let error = failed!(read, server.client(), "fetch");
    assert!(
        matches!(error.kind(), ErrorKind::Criterion | ErrorKind::Transport),
        "{error:#}"
    );
    // An answer without a body where an output needs one.
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let error = failed!(read, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
    assert_eq!(carried_on!(read, error).name, "well");
}

// Semantics, Steps and control flow: "Transport errors and `timeout` […] are step failures and go to `onFailure`".
#[tokio::test]
async fn a_refused_connection_is_retried() {
    let mut run = faults::insist::Run::new(faults::insist::Inputs::new());
    let progress = run.advance(&client(&closed())).await.unwrap();
    assert_eq!(progress, Progress::Wait(Duration::from_millis(20)));
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: faults::insist::Run = serde_json::from_str(&stored).unwrap();
    let server = Server::healthy();
    assert_eq!(run.finish(&server.client()).await.unwrap().name, "well");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn connections_that_are_closed_are_retried_until_one_is_not() {
    let server = Server::start(|connection| match connection.number {
        0 => {}
        1 => _ = connection.hear(),
        2 => connection.answer("HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{"),
        _ => connection.answer(json_answer(r#"{"name":"late"}"#)),
    });
    let outputs = faults::insist(&server.client(), faults::insist::Inputs::new()).await;
    assert_eq!(outputs.unwrap().name, "late");
    assert_eq!(server.connections(), 4);
}

// Semantics, Steps and control flow: "`retryLimit` counts retries"; with a limit of three there are four attempts.
#[tokio::test]
async fn retries_of_a_closed_connection_come_to_an_end() {
    let server = Server::start(|_| ());
    let error = failed!(insist, server.client(), "fetch");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    assert_eq!(server.connections(), 4);
    assert_eq!(carried_on!(insist, error).name, "well");
}

#[tokio::test]
async fn what_is_no_http_is_a_failure_of_the_transport() {
    for garbage in [
        &b""[..],
        b"\r\n",
        b"hello\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"{\"name\":\"bare\"}",
        b"<html><body>name</body></html>\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/9.7 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n{\"name\":\"bare\"}",
        b"HTTP/1.1 200 OK\r\nna\0me: x\r\ncontent-length: 15\r\n\r\n{\"name\":\"bare\"}",
        b"\x15\x03\x01\0\x02\x02\x46",
        b"\0\0\0\x04\0\0\0\0\0",
        &[0xff; 4096],
        &[0; 4096],
    ] {
        let server = Server::saying(garbage);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{}", garbage.escape_ascii());
        assert!(error.status().is_none(), "{}", garbage.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
        // A run that reads only the status has no status either.
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{}", garbage.escape_ascii());
    }
}

/// A head that does not end must not fill the memory.
#[tokio::test]
async fn a_head_without_end_is_given_up() {
    for line in ["x-more: and more and more and more\r\n", "x"] {
        let server = Server::start(move |connection| {
            let more = line.repeat(65_536 / line.len());
            if connection.hear().is_some() && connection.say("HTTP/1.1 200 OK\r\n") {
                for _ in 0..4096 {
                    if !connection.say(&more) {
                        return;
                    }
                }
            }
        });
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(server.is_left().await);
        let taken = server.kept.taken.load(Ordering::SeqCst);
        assert!(taken < 32 << 20, "{taken}");
    }
}

// RFC 9110, section 2.5: versions with the same major number understand each other. RFC 9112, section 6.3: without a
// length the body ends with the connection.
#[tokio::test]
async fn an_answer_in_http_1_0() {
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 14\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200\r\ncontent-type: application/json\r\n\r\n",
    ] {
        let server = Server::saying(format!("{head}{{\"name\":\"old\"}}"));
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "old", "{head}");
    }
}

// RFC 9110, section 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response,
// even if the client does not expect one."
#[tokio::test]
async fn answers_before_the_answer_are_passed_over() {
    let last = json_answer(r#"{"name":"last"}"#);
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
        "HTTP/1.1 102 Processing\r\n\r\n".to_owned(),
        "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\nx-tag: early\r\n\r\n".to_owned(),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-tag: early\r\n\r\n".repeat(20),
    ] {
        let server = Server::saying([interim.as_bytes(), &last].concat());
        let inputs = faults::read::Inputs::new();
        assert_eq!(
            faults::read(&server.client(), inputs).await.unwrap().name,
            "last",
            "{interim}"
        );
        let tag = faults::read_tag(&server.client(), faults::read_tag::Inputs::new()).await;
        assert_eq!(tag.unwrap().tag, None, "{interim}");

        let server = Server::saying(interim.clone());
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{interim}");
    }
}

/// Who promises an answer for ever does not hold a step for ever.
#[tokio::test]
async fn answers_before_the_answer_do_not_stop_the_clock() {
    let server = Server::start(|connection| {
        if connection.hear().is_some() {
            while connection.say("HTTP/1.1 103 Early Hints\r\n\r\n") {
                thread::sleep(Duration::from_millis(1));
            }
        }
    });
    let error = failed!(hurry, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:#}");
    assert!(server.is_left().await);
    assert_eq!(carried_on!(hurry, error).name, "well");
}

/// Answers the first request so, and every other one rightly, on the same connection where it is used again.
fn forging(first: String) -> Server {
    let served = AtomicUsize::new(0);
    Server::start(move |connection| {
        while connection.hear().is_some() {
            let said = match served.fetch_add(1, Ordering::SeqCst) {
                0 => connection.say(&first),
                _ => connection.say(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"name\":\"own\"}",
                ),
            };
            if !said {
                return;
            }
        }
    })
}

/// An answer inside of another one.
const FORGED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"name\":\"forged\"}";

// RFC 9112, section 6.3: an answer with the status 204 "is always terminated by the first empty line after the header
// fields, regardless of the header fields present in the message, and thus cannot contain a message body"; of what follows
// an answer, "A client MUST NOT process, cache, or forward such extra data as a separate response".
#[tokio::test]
async fn what_follows_an_answer_is_not_the_answer_to_the_next_request() {
    for first in [
        format!("HTTP/1.1 204 No Content\r\n\r\n{FORGED}"),
        format!(
            "HTTP/1.1 204 No Content\r\ncontent-length: {}\r\n\r\n{FORGED}",
            FORGED.len()
        ),
        format!(
            "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{FORGED}\r\n0\r\n\r\n",
            FORGED.len()
        ),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n{FORGED}"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}{FORGED}"),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{FORGED}"),
    ] {
        let server = forging(first.clone());
        let inputs = faults::note_then_read::Inputs::new();
        let outputs = faults::note_then_read(&server.client(), inputs).await;
        assert_eq!(outputs.unwrap().name, "own", "{first}");
    }
}

/// An answer may come before the request is read whole; a client that goes on writing would never see it.
#[tokio::test]
async fn an_answer_before_the_request_is_read() {
    let big = Value::String("x".repeat(8 << 20));
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say(answer("413 Content Too Large", "", "too much"));
            // Nothing is read, and the connection stays.
            thread::sleep(Duration::from_secs(2));
        }
    });
    let inputs = faults::give_body::Inputs::new(big.clone());
    let error = failed!(give_body, server.client(), "place", inputs);
    assert_eq!(error.kind(), ErrorKind::Criterion, "{error:#}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(413));

    // Where the connection is cut as well, the answer may be lost on the way, and the failure is no panic.
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say(answer("413 Content Too Large", "", "too much"));
        }
    });
    let error = failed!(give_body, server.client(), "place", faults::give_body::Inputs::new(big));
    match error.kind() {
        ErrorKind::Criterion => assert_eq!(error.status().map(|status| status.as_u16()), Some(413)),
        kind => assert_eq!(kind, ErrorKind::Transport),
    }
    carried_on!(give_body, error);
}

// RFC 9110, section 9.2.2: a client "SHOULD NOT automatically retry a request with a non-idempotent method", and docs:
// `advance` makes one attempt. Whoever has not turned on a key for it must not find two orders.
#[tokio::test]
async fn an_order_that_was_heard_and_not_answered_is_not_given_again() {
    let server = Server::start(|connection| {
        if connection.hear().is_some_and(|heard| heard.target() == "/anything") {
            connection.say("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
            connection.hear();
        }
    });
    let error = failed!(pass_on, server.client(), "place");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert!(error.is_retryable());
    let heard = server.heard();
    let orders = heard.iter().filter(|heard| heard.target() == "/orders");
    assert_eq!(orders.count(), 1, "{heard:?}");
    carried_on!(pass_on, error);
}

/// A server may close a connection that nobody uses: the next step gets another one.
#[tokio::test]
async fn a_connection_that_is_closed_between_two_steps() {
    let server = Server::start(|connection| {
        if connection.hear().is_some() {
            connection.say("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    let client = server.client();
    let mut run = faults::pass_on::Run::new(faults::pass_on::Inputs::new());
    assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
    tokio::time::sleep(Duration::from_millis(100)).await;
    run.finish(&client).await.unwrap();
    let heard = server.heard();
    let targets: Vec<&str> = heard.iter().map(Heard::target).collect();
    assert_eq!(targets, ["/anything", "/orders"]);
}
