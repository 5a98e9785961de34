//! Stored runs that were changed, at random: each is refused with an error, or is a run that goes on. Nothing panics.
//!
//! `CHANGED_RUNS=84000` for the long version; `CHANGED_RUNS_SEED` picks other changes.

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, Transport};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

mod first {
    arazzo::arazzo_workflow!("language/stored/first.yml");
}
mod hostile {
    arazzo::arazzo_workflow!("language/hostile/flow.yml");
}

/// A small generator, the same on every machine (Knuth, The Art of Computer Programming, 3.3.4).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// An API that says 200 or 500 by turns.
fn api() -> Client<impl Transport> {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let transport = move |_: Request<Bytes>| {
        let even = count
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            .is_multiple_of(2);
        let response = Response::builder()
            .status(if even { 500 } else { 200 })
            .header("content-type", "application/json");
        let response = response.body(Bytes::from_static(br#"{"title":"Dune","id":7,"text":"x"}"#));
        async move { response }
    };
    let base = |api: arazzo::SourceBuilder| api.base_url("https://shop.test");
    let client = Client::builder().transport(transport);
    client
        .source("shop", base)
        .source("api", |api| api)
        .source("bookshop", base)
        .build()
        .unwrap()
}

/// Every place in a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                places(
                    member,
                    &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        _ => {}
    }
}

/// Something else in the place of a value.
fn other(dice: &mut Dice, stored: &Value, all: &[String]) -> Value {
    match dice.below(9) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => [
            json!(0),
            json!(1),
            json!(-1),
            json!(7),
            json!(u64::MAX),
            json!(i64::MIN),
        ][dice.below(6)]
        .clone(),
        3 => json!([1e300, 0.5, -0.0][dice.below(3)]),
        4 => json!(["", "list", "visit", "look", "\u{202e}", "call", "left", "$json"][dice.below(8)]),
        5 => json!([]),
        6 => json!({ "$json": (["{}", "[", "\"\\ud800\"", "1e999"][dice.below(4)]) }),
        7 => json!({ "$base64": "AA==", "name": "x" }),
        // A part of the run from elsewhere.
        _ => stored.pointer(&all[dice.below(all.len())]).cloned().unwrap_or_default(),
    }
}

fn changed(dice: &mut Dice, stored: &Value) -> Vec<u8> {
    let mut all = Vec::new();
    places(stored, "", &mut all);
    let mut value = stored.clone();
    for _ in 0..=dice.below(2) {
        let at = all[dice.below(all.len())].clone();
        let with = other(dice, stored, &all);
        let Some(place) = value.pointer_mut(&at) else { continue };
        match (dice.below(3), place) {
            (0, Value::Object(members)) => {
                let names: Vec<String> = members.keys().cloned().collect();
                if let Some(name) = names.get(dice.below(names.len().max(1))) {
                    members.remove(name);
                }
            }
            (1, Value::Object(members)) => {
                drop(members.insert(["next", "doing", "x", "visit"][dice.below(4)].to_owned(), with))
            }
            (1, Value::Array(items)) => items.push(with),
            (_, place) => *place = with,
        }
    }
    let mut bytes = serde_json::to_vec(&value).unwrap();
    if dice.below(8) == 0 {
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << dice.below(8),
            _ => bytes.insert(at, b"{}[],:\"\\0-"[dice.below(10)]),
        }
    }
    bytes
}

/// Reads what was changed; how many can go on, and how many are refused.
async fn attack<R: Serialize + DeserializeOwned>(
    dice: &mut Dice,
    stored: &Value,
    cases: u64,
    mut go_on: impl AsyncFnMut(R),
) -> (u64, u64) {
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..cases {
        match serde_json::from_slice::<R>(&changed(dice, stored)) {
            Ok(run) => {
                taken += 1;
                let again = serde_json::to_vec(&run).expect("what was read can be stored");
                serde_json::from_slice::<R>(&again).expect("what was stored can be read");
                go_on(run).await;
            }
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    (taken, refused)
}

#[tokio::test]
async fn changed_runs_are_refused_or_go_on() {
    let cases = setting("CHANGED_RUNS", 4000) / 2;
    let mut dice = Dice(setting("CHANGED_RUNS_SEED", 1));
    let client = api();
    let mut run = hostile::held::Run::new(hostile::held::Inputs::new());
    run.advance(&client).await.unwrap();
    let stored = serde_json::to_value(&run).unwrap();
    assert!(stored["held"]["response"].is_object(), "{stored}");
    let held = attack(&mut dice, &stored, cases, async |mut run: hostile::held::Run| {
        for _ in 0..3 {
            let _ = run.advance(&client).await;
        }
    });
    let held = held.await;
    let stored = serde_json::to_value(first::review::Run::new(first::review::PartialInputs::new().book_id(7))).unwrap();
    let review = attack(&mut dice, &stored, cases, async |mut run: first::review::Run| {
        for _ in 0..3 {
            let _ = run.advance(&client).await;
        }
    });
    let review = review.await;
    println!("taken and refused: {held:?} {review:?}");
    for (taken, refused) in [held, review] {
        assert!(taken > cases / 100 && refused > cases / 4, "{taken} {refused}");
    }
}
