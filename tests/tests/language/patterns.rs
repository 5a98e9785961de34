//! Conditions of type `regex`: Arazzo 1.1.0, "Regex Conditions".

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};

arazzo::arazzo_workflow!("language/patterns.yml");

fn at(status: u16, place: &'static str) -> Client<impl Transport> {
    Client::builder()
        .transport(move |_: Request<Bytes>| async move {
            Response::builder()
                .status(status)
                .body(Bytes::from(format!("{{\"place\": \"{place}\"}}")))
        })
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_step_succeeds_where_every_pattern_is_found() {
    fixed(&at(200, "HOME"), fixed::Inputs::new()).await.unwrap();
    fixed(&at(204, "shop"), fixed::Inputs::new()).await.unwrap();
    for (status, place) in [(301, "home"), (200, "at home")] {
        let error = fixed(&at(status, place), fixed::Inputs::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Criterion, "{status} {place}");
    }
}

/// "Runtime expressions within `{}` are evaluated and converted to strings"; an absent value or an
/// invalid pattern fails, and braces that hold no expression are the pattern's.
#[tokio::test]
async fn a_pattern_can_be_made_of_values() {
    for (wanted, place, met) in [
        (Some("h.{2}e"), "home", true),
        (Some("h.{2}e"), "house", false),
        (Some("("), "(", false),
        (None, "", false),
    ] {
        let inputs = made::Inputs {
            wanted: wanted.map(str::to_owned),
        };
        assert_eq!(made(&at(200, place), inputs).await.is_ok(), met, "{wanted:?} {place}");
    }
}
