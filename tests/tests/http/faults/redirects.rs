//! Redirects.

use super::*;

// Docs: a client "follows no redirects: what an API answers is what the workflow's criteria see, and credentials go
// nowhere else".
#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_goes_elsewhere() {
    let other = Server::healthy();
    let elsewhere = format!("{}/locked", other.url());
    for status in [
        "300 Multiple Choices",
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for place in [elsewhere.as_str(), "//127.0.0.1/", "/locked?again=1"] {
            let server = Server::saying(answer(status, &format!("location: {place}\r\n"), ""));
            let error = failed!(unlock, server.client(), "open");
            assert_eq!(error.kind(), ErrorKind::Criterion, "{status}: {error:#}");
            let code: u16 = status[..3].parse().unwrap();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
            assert_eq!(carried_on!(unlock, error).name, "well");

            let outputs = faults::note_redirect(&server.client(), faults::note_redirect::Inputs::new()).await;
            assert_eq!(outputs.unwrap().place.as_deref(), Some(place), "{status}");

            // Each of the two runs has sent its request once, with all that goes along.
            let heard = server.heard();
            assert_eq!(heard.len(), 2, "{status}: {heard:?}");
            for heard in heard {
                assert_eq!(heard.target(), "/locked?key=hush-query");
                assert_eq!(heard.all("authorization"), [b"Bearer hush-bearer"]);
                assert_eq!(heard.all("x-key"), [b"hush-header"]);
                assert_eq!(heard.all("cookie"), [b"session=hush-cookie"]);
                assert_eq!(heard.body, br#"{"word":"sesame-in-the-body"}"#);
            }
        }
    }
    assert_eq!(other.connections(), 0);
}

/// Places that lead in a circle or nowhere.
#[tokio::test]
async fn a_redirect_that_leads_nowhere() {
    for place in [
        "/locked?key=hush-query",
        "",
        "http://",
        "http://[",
        "::::",
        "javascript:x",
        "\u{e9}",
        "http://a b/",
    ] {
        let server = Server::saying(answer("302 Found", &format!("location: {place}\r\n"), ""));
        let error = failed!(unlock, server.client(), "open");
        assert_eq!(error.kind(), ErrorKind::Criterion, "{place}: {error:#}");
        assert_eq!(server.heard().len(), 1, "{place}");
    }
    let server = Server::saying(answer("302 Found", "", ""));
    let outputs = faults::note_redirect(&server.client(), faults::note_redirect::Inputs::new()).await;
    assert_eq!(outputs.unwrap().place, None);
}
