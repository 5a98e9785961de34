//! A response of a megabyte of which one scalar is needed, first by its place in the body: a member
//! behind all others.

use std::sync::LazyLock;

use arazzo::Client;
use serde::Deserialize;

use crate::canned::Canned;

arazzo::arazzo_workflow!("documents/one-scalar.yml");

/// The service.
pub static SERVICE: LazyLock<Canned> = LazyLock::new(|| {
    let item = |n: usize| {
        format!(
            r#"{{"id":{n},"name":"item {n}","tags":["a","b\"c"],"price":{{"amount":{n}.50,"currency":"EUR"}},"note":"{}"}}"#,
            "z".repeat(40)
        )
    };
    let items: Vec<String> = (0..7600).map(item).collect();
    Canned::new([(
        "/items",
        format!(r#"{{"items":[{}],"next":"page-2"}}"#, items.join(",")),
    )])
});

/// The client of the compiled workflow.
pub fn client() -> Client<Canned> {
    Client::builder().transport(SERVICE.clone()).build().expect("a client")
}

/// Compiled.
pub async fn compiled(client: &Client<Canned>) -> String {
    next_page(client, next_page::Inputs::new()).await.expect("outputs").next
}

#[derive(Deserialize)]
struct Page {
    next: String,
}

/// A struct with that one field.
pub async fn by_hand(http: &reqwest::Client) -> String {
    let request = http.get("https://shop.example/items").build().expect("a request");
    let response = SERVICE.execute(request).await;
    assert_eq!(response.status(), 200);
    serde_json::from_slice::<Page>(response.body()).expect("a page").next
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
        assert!(SERVICE.body("/items").len() > 1_000_000);
        assert_eq!(runtime.block_on(by_hand(&reqwest::Client::new())), "page-2");
        assert_eq!(runtime.block_on(compiled(&client())), "page-2");
    }
}
