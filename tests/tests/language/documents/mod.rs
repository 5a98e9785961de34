//! Workflows of other Arazzo documents: calls, departures, detours and dependencies over source descriptions of type
//! `arazzo`.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent. Each source has a
//! path of its own (`/shop`, `/bank`, `/post`), so that a trace shows which of them the client was asked for.

use std::time::Duration;

use arazzo::{Client, ErrorKind, Progress};
use arazzo_tests::script::{Script, exactly, in_pieces, json_of, reload};
use serde_json::{Value, json};

mod chain {
    arazzo::arazzo_workflow!("language/documents/chain.yml");
}
mod components {
    arazzo::arazzo_workflow!("language/documents/components.yml");
}
mod departure {
    arazzo::arazzo_workflow!("language/documents/departure.yml");
}
mod depends {
    arazzo::arazzo_workflow!("language/documents/depends.yml");
}
mod detours {
    arazzo::arazzo_workflow!("language/documents/detours.yml");
}
mod mixed_new {
    arazzo::arazzo_workflow!("language/documents/mixed-new.yml");
}
mod mixed_old {
    arazzo::arazzo_workflow!("language/documents/mixed-old.yml");
}
mod mutual_left {
    arazzo::arazzo_workflow!("language/documents/mutual-left.yml");
}
mod mutual_right {
    arazzo::arazzo_workflow!("language/documents/mutual-right.yml");
}
mod plain {
    arazzo::arazzo_workflow!("language/documents/plain.yml");

    /// The name that `audit-all` of the other document would have; nobody calls it, so that the name is free.
    pub mod billing_audit_all {}
}
mod self_named {
    arazzo::arazzo_workflow!("language/documents/self-entry.yml");
}
mod twins {
    arazzo::arazzo_workflow!("language/documents/twins/entry.yml");
}
mod untyped {
    arazzo::arazzo_workflow!("language/documents/untyped.yml");
}

/// A client that knows the sources of all documents by their names.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .source("shop", |api| api.base_url("http://shop.test/shop"))
        .source("bank", |api| api.base_url("http://bank.test/bank"))
        .source("post", |api| api.base_url("http://post.test/post"))
        .max_steps(50)
        .max_retry_after(Duration::from_secs(86_400))
        .timeout(None)
        .build()
        .expect("the client is complete")
}

/// A client that knows nothing of any source.
fn unaware_client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn problem(message: &str) -> Value {
    json!({ "message": message })
}

fn item(name: &str, price: i64) -> Value {
    json!({ "name": name, "price": price })
}

fn token(token: &str) -> Value {
    json!({ "token": token })
}

fn charge() -> Value {
    json!({ "chargeId": 5, "receipt": "r5" })
}

fn order() -> Value {
    json!({ "orderId": 31 })
}

/// All parts stand in the text, in this order.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("`{part}` is not where it should be in: {text}");
        };
        rest = after;
    }
}

fn buying() -> Script {
    Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 12, "currency": "EUR", "memo": "Dune for ada" }))
        .reply(201, charge())
        .on("POST /shop/orders")
        .json(json!({ "item": 7, "charge": 5, "slip": "r5" }))
        .reply(201, order())
}

const BUYING: [&str; 4] = [
    "GET /shop/items/7 200",
    "POST /bank/sessions 201",
    "POST /bank/charges 201",
    "POST /shop/orders 201",
];

mod called;
mod chains;
mod dependencies;
mod failed;
mod onwards;
mod own;
mod parked;
mod retried;
mod versions;
