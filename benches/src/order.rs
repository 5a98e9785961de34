//! Ten steps, of which one is a loop of three pages by `goto` and one is retried twice.

use std::sync::LazyLock;

use arazzo::Client;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::canned::Canned;

arazzo::arazzo_workflow!("documents/order.yml");

const URL: &str = "https://orders.example";

/// What a run ends with.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    reservation: String,
    last: String,
}

/// The service.
pub static SERVICE: LazyLock<Canned> = LazyLock::new(|| {
    let page = |more: bool| {
        let item = |n: u32| json!({ "id": format!("item-{n}"), "name": "a thing", "price": 12.5, "tags": ["a", "b"] });
        json!({ "items": (0..8).map(item).collect::<Vec<_>>(), "more": more }).to_string()
    };
    let thing = |id: &str, state: &str| {
        json!({ "id": id, "state": state, "created_at": "2026-01-01T00:00:00Z", "note": "n".repeat(200) }).to_string()
    };
    let waiting = |state| thing("reservation-1", state);
    Canned::cycling([
        ("/items", vec![page(true), page(true), page(false)]),
        ("/reservations", vec![waiting("pending")]),
        (
            "/reservations/reservation-1",
            vec![waiting("pending"), waiting("pending"), waiting("done")],
        ),
        ("/parts", vec![thing("part-1", "done")]),
    ])
});

/// The client of the compiled workflow.
#[must_use]
pub fn client() -> Client<Canned> {
    Client::builder().transport(SERVICE.clone()).build().expect("a client")
}

/// Compiled.
pub async fn compiled(client: &Client<Canned>) -> Ended {
    let outputs = fulfil(client, fulfil::Inputs::new()).await.expect("outputs");
    Ended {
        reservation: outputs.reservation,
        last: outputs.last,
    }
}

#[derive(Deserialize)]
struct Item {
    id: String,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
    more: bool,
}

#[derive(Serialize)]
struct Reserve<'a> {
    item: &'a str,
    count: u32,
}

#[derive(Serialize)]
struct AddPart<'a> {
    kind: &'a str,
    after: &'a str,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum State {
    Pending,
    Done,
}

#[derive(Deserialize)]
struct Thing {
    id: String,
    state: State,
}

async fn get<T: serde::de::DeserializeOwned>(http: &reqwest::Client, path: &str) -> T {
    send(http.get(format!("{URL}{path}"))).await
}

async fn post<B: Serialize, T: serde::de::DeserializeOwned>(http: &reqwest::Client, path: &str, body: &B) -> T {
    send(http.post(format!("{URL}{path}")).json(body)).await
}

async fn send<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> T {
    let response = SERVICE.execute(request.build().expect("a request")).await;
    assert_eq!(response.status(), 200);
    serde_json::from_slice(response.body()).expect("what the service documents")
}

/// By hand.
pub async fn by_hand(http: &reqwest::Client) -> Ended {
    let item = loop {
        let page: Page = get(http, "/items").await;
        let first = page.items.into_iter().next().expect("an item");
        if !page.more {
            break first;
        }
    };
    let reserve = Reserve {
        item: &item.id,
        count: 2,
    };
    let reservation: Thing = post(http, "/reservations", &reserve).await;
    let mut attempts = 0;
    let mut last = loop {
        let thing: Thing = get(http, &format!("/reservations/{}", reservation.id)).await;
        if thing.state == State::Done {
            break thing;
        }
        attempts += 1;
        assert!(attempts <= 5);
    };
    for kind in ["part-4", "part-5", "part-6", "part-7", "part-8", "part-9", "part-10"] {
        last = post(http, "/parts", &AddPart { kind, after: &last.id }).await;
    }
    Ended {
        reservation: reservation.id,
        last: last.id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_end_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let expected = Ended {
                reservation: "reservation-1".to_owned(),
                last: "part-1".to_owned(),
            };
            assert_eq!(compiled(&client()).await, expected);
            assert_eq!(by_hand(&reqwest::Client::new()).await, expected);
        });
    }
}
