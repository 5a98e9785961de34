//! Runs as values that are kept: by which program they can be taken up again, in which formats, and sealed.

use arazzo::http::{Request, Response};
use arazzo::testing::Script;
use arazzo::{Binding, BoxError, Bytes, Client, ErrorKind, Progress, Seal, Transport};
use serde_json::{Value, json};

mod first {
    arazzo::arazzo_workflow!("language/stored/first.yml");
}
/// An optional input more, and a step more behind the others; another limit and a wait for the retry.
mod added {
    arazzo::arazzo_workflow!("language/stored/added.yml");
}
/// Another type, a required input more, a step in between, an output more, another action.
mod changed {
    arazzo::arazzo_workflow!("language/stored/changed.yml");
}
/// Keeps whatever the API says.
mod anything {
    arazzo::arazzo_workflow!("language/stored/anything.yml");
}
/// Another workflow.
mod paused {
    arazzo::arazzo_workflow!("language/paused.yml");
}

use first::review::{Input, PartialInputs, Run};

/// The bookshop: has one book, and takes every opinion.
fn shop() -> Client<impl Transport> {
    Client::builder()
        .transport(|request: Request<Bytes>| async move {
            let body = if request.method() == "GET" {
                Bytes::from_static(br#"{"id": 7, "title": "Dune", "available": true}"#)
            } else {
                request.into_body()
            };
            Response::builder()
                .header("content-type", "application/json")
                .body(body)
        })
        .build()
        .unwrap()
}

/// A run that stands before its second step and lacks an input for it.
async fn in_the_middle() -> Run {
    let mut run = Run::new(PartialInputs::new().book_id(7).stars(5));
    let progress = run.advance_until_blocked(&shop()).await.unwrap();
    assert_eq!(progress, Progress::Awaiting(vec![Input::Opinion]));
    run
}

#[tokio::test]
async fn every_input_that_the_next_step_lacks_is_named_at_once() {
    let mut run = Run::new(PartialInputs::new());
    // `look` reads `bookId` alone, `write` the others, in the order of the document.
    assert_eq!(
        run.advance(&shop()).await.unwrap(),
        Progress::Awaiting(vec![Input::BookId])
    );
    run.inputs_mut().book_id = Some(7);
    assert_eq!(run.advance(&shop()).await.unwrap(), Progress::Advanced);
    assert_eq!(
        run.advance(&shop()).await.unwrap(),
        Progress::Awaiting(vec![Input::Stars, Input::Opinion])
    );
    let error = run.finish(&shop()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingInput);
    assert!(
        error
            .to_string()
            .contains("missing inputs `stars`, `opinion`, required by step `write`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_run_keeps_its_id() {
    let run = in_the_middle().await;
    let again: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!(again.id(), run.id());
    assert_ne!(Run::new(PartialInputs::new()).id(), run.id());
}

#[tokio::test]
async fn a_run_goes_on_in_a_workflow_that_has_grown_behind_it() {
    let stored = serde_json::to_string(&in_the_middle().await).unwrap();
    let mut run: added::review::Run = serde_json::from_str(&stored).unwrap();
    assert_eq!(run.steps().look().unwrap().title, "Dune");
    run.inputs_mut().opinion = Some("good".to_owned());
    run.inputs_mut().language = Some("en".to_owned());
    assert_eq!(run.advance(&shop()).await.unwrap(), Progress::Advanced);
    assert_eq!(run.step(), Some(added::review::Step::LookAgain));
    assert_eq!(run.finish(&shop()).await.unwrap().title, "Dune");
}

#[tokio::test]
async fn a_run_of_a_workflow_that_has_changed_is_refused_with_what_has() {
    let stored = serde_json::to_string(&in_the_middle().await).unwrap();
    let error = serde_json::from_str::<changed::review::Run>(&stored)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the workflow `review` has changed since the run was stored: \
         input `stars` has a different type; \
         required input `reader` was added; \
         step `look` changed: its outputs; \
         step `write` changed: its actions; \
         step `between` was added before `write`, the next step of the run"
    );
    // The other way round, what is new there is gone here.
    let newer = serde_json::to_string(&changed::review::Run::new(changed::review::PartialInputs::new())).unwrap();
    let error = serde_json::from_str::<Run>(&newer).unwrap_err().to_string();
    assert!(error.contains("input `reader` was removed"), "{error}");
    assert!(error.contains("step `between` was removed"), "{error}");
    // One that has ended could not say what a new step at its end would have kept.
    let mut run = in_the_middle().await;
    run.inputs_mut().opinion = Some("good".to_owned());
    run.finish(&shop()).await.unwrap();
    let ended = serde_json::to_string(&run).unwrap();
    let error = serde_json::from_str::<added::review::Run>(&ended)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("step `look-again` was added, but the run has ended"),
        "{error}"
    );
    let error = serde_json::from_str::<paused::review_book::Run>(&stored)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the run belongs to workflow `review`, not to `review-book`"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_stored_run_is_refused_and_says_why() {
    let stored: Value = serde_json::to_value(in_the_middle().await).unwrap();
    let refused = |change: &dyn Fn(&mut Value), expected: &str| {
        let mut other = stored.clone();
        change(&mut other);
        let error = serde_json::from_value::<Run>(other).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    refused(&|run| run["version"] = json!(2), "format version 2; only version 1");
    refused(&|run| run["next"] = json!("nowhere"), "no step `nowhere`");
    refused(&|run| run["steps"]["look"] = json!({}), "outputs of step `look`");
    refused(&|run| run["steps"]["look"]["more"] = json!(1), "no output `more`");
    refused(
        &|run| run["doing"] = json!({"detour-step": "nowhere"}),
        "no step `nowhere`",
    );
    refused(&|run| run["id"] = json!("7"), "UUID");
    refused(&|run| *run = json!({}), "version");
    refused(&|run| *run = json!("text"), "not a stored run");
    for missing in [
        "version", "workflow", "id", "shape", "inputs", "steps", "attempts", "visit", "total",
    ] {
        let mut other = stored.clone();
        other.as_object_mut().unwrap().remove(missing);
        let error = serde_json::from_value::<Run>(other).unwrap_err().to_string();
        assert!(error.contains(missing), "{missing}: {error}");
    }
}

/// No text can bring a run into a state that it could not have come to.
#[tokio::test]
async fn a_run_that_claims_the_impossible_is_refused() {
    for doing in [json!("call"), json!("detour-call"), json!("left")] {
        let mut stored: Value = serde_json::to_value(in_the_middle().await).unwrap();
        stored["doing"] = doing.clone();
        let error = serde_json::from_value::<Run>(stored).unwrap_err().to_string();
        assert!(error.contains("which it does not contain"), "{doing}: {error}");
    }
    // Numbers that no run reaches are no reason to panic.
    let mut stored: Value = serde_json::to_value(in_the_middle().await).unwrap();
    stored["retries"] = json!({ "write": { "0": u64::MAX, "1": 7 }, "look": { "99": u64::MAX } });
    for counter in ["visit", "detours", "spent"] {
        stored[counter] = json!(u64::MAX);
    }
    stored["attempts"] = json!(u32::MAX);
    let mut run: Run = serde_json::from_value(stored).unwrap();
    run.inputs_mut().opinion = Some("good".to_owned());
    assert_eq!(run.finish(&shop()).await.unwrap().title, "Dune");
}

/// What an API has returned comes back as it was, whatever it looks like, and nothing else changes.
#[tokio::test]
async fn an_answer_cannot_write_into_the_stored_run() {
    let nasty = r#"{"$serde_json::private::Number":"1}},\"doing\":\"left\",\"x\":{\"y\":{\"z\":1"}"#;
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    for value in [nasty, &deep, r#"{"$json":"x"}"#] {
        let script = Script::new()
            .on(anything::keep_anything::Step::Ask)
            .respond(Response::new(format!(r#"{{"value":{value}}}"#)));
        let client = Client::builder().transport(script.clone()).build().unwrap();
        let mut run = anything::keep_anything::Run::new(anything::keep_anything::Inputs::new());
        assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
        let stored = serde_json::to_string(&run).unwrap();
        let mut run: anything::keep_anything::Run = serde_json::from_str(&stored).unwrap();
        assert_eq!(run.step(), Some(anything::keep_anything::Step::Tell));
        let script = Script::new().on(anything::keep_anything::Step::Tell).reply(200, ());
        let client = Client::builder().transport(script.clone()).build().unwrap();
        run.finish(&client).await.unwrap();
        assert_eq!(script.requests()[0].text(), format!(r#"{{"told":{value}}}"#));
    }
}

#[tokio::test]
async fn binary_formats_keep_runs_too() {
    for run in [Run::new(PartialInputs::new()), in_the_middle().await] {
        let stored = postcard::to_stdvec(&run).unwrap();
        let mut again: Run = postcard::from_bytes(&stored).unwrap();
        assert_eq!(
            serde_json::to_value(&again).unwrap(),
            serde_json::to_value(&run).unwrap()
        );
        *again.inputs_mut() = PartialInputs::new().book_id(7).stars(1).opinion("bad");
        assert_eq!(again.finish(&shop()).await.unwrap().title, "Dune");
    }
}

/// FNV-1a with 64 bits.
fn sum(plain: &[u8], associated: &[u8]) -> [u8; 8] {
    let all = plain.iter().chain(associated);
    let hash = all.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.to_be_bytes()
}

/// A key that turns every byte around: it shows where sealing takes place, not how.
struct Turned(u8);

impl Seal for Turned {
    fn seal(&self, plain: Vec<u8>, associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let mut sealed: Vec<u8> = plain.iter().map(|byte| byte ^ self.0).collect();
        sealed.extend(sum(&plain, associated));
        Ok(sealed)
    }

    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let (sealed, known) = sealed.split_last_chunk::<8>().ok_or("nothing")?;
        let plain: Vec<u8> = sealed.iter().map(|byte| byte ^ self.0).collect();
        let right = sum(&plain, associated) == *known;
        right.then_some(plain).ok_or_else(|| "it was changed".into())
    }
}

#[tokio::test]
async fn a_sealed_run_shows_nothing_and_comes_back() {
    let run = in_the_middle().await;
    let ada = Binding::new("ada").counter(3);
    let sealed = run.seal(&Turned(0xa5), ada).unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == b"Dune"));
    let again = Run::open(&Turned(0xa5), ada, &sealed).unwrap();
    assert_eq!(
        serde_json::to_value(&again).unwrap(),
        serde_json::to_value(&run).unwrap()
    );

    let mut damaged = sealed.clone();
    damaged[40] ^= 1;
    let error = Run::open(&Turned(0xa5), ada, &damaged).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stored);
    assert_eq!(error.to_string(), "cannot open the sealed run");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "it was changed");
    // Another workflow, another user, an older state, and the id of another run.
    assert!(paused::review_book::Run::open(&Turned(0xa5), ada, &sealed).is_err());
    for binding in [
        Binding::new("bob").counter(3),
        Binding::new("ada").counter(4),
        Binding::default(),
    ] {
        assert!(Run::open(&Turned(0xa5), binding, &sealed).is_err(), "{binding:?}");
    }
    let other = in_the_middle().await.seal(&Turned(0xa5), ada).unwrap();
    let swapped = [&other[..36], &sealed[36..]].concat();
    assert!(Run::open(&Turned(0xa5), ada, &swapped).is_err());
    for cut in 0..sealed.len() {
        assert!(Run::open(&Turned(0xa5), ada, &sealed[..cut]).is_err(), "{cut}");
    }
}

/// What was tampered with is named by its place; what it says may be a secret.
#[tokio::test]
async fn a_tampered_run_is_refused_without_its_values() {
    let run = serde_json::to_value(in_the_middle().await).unwrap();
    let mut refused = 0;
    for pointer in [
        "/version",
        "/workflow",
        "/next",
        "/attempts",
        "/total",
        "/inputs",
        "/inputs/book_id",
        "/inputs/stars",
        "/steps",
        "/retries",
    ] {
        for value in [
            json!("hush-hush\u{202e}"),
            json!(["hush-hush"]),
            json!({ "key": "hush-hush" }),
        ] {
            let mut tampered = run.clone();
            let Some(place) = tampered.pointer_mut(pointer) else {
                continue;
            };
            *place = value;
            let Err(error) = serde_json::from_value::<Run>(tampered) else {
                continue;
            };
            refused += 1;
            let error = error.to_string();
            // A name of a workflow or step is no secret, but it is shown so that it can be seen.
            let named = ["/workflow", "/next"].contains(&pointer) || error.contains("no step `hush-hush`");
            assert!(
                (named || !error.contains("hush")) && !error.contains('\u{202e}'),
                "{pointer}: {error}"
            );
        }
    }
    assert!(refused > 12, "{refused}");
}

/// A header map has room for 32,768 headers, and panics at more.
#[tokio::test]
async fn a_run_with_too_many_headers_is_refused() {
    let mut run = serde_json::to_value(in_the_middle().await).unwrap();
    let headers: Vec<(String, &str)> = (0..40_000).map(|index| (format!("x-{index}"), "1")).collect();
    let response = |headers: &[(String, &str)]| json!({ "response": { "status": 500, "headers": headers, "body": { "text": "" } } });
    run["held"] = response(&headers[..100]);
    serde_json::from_value::<Run>(run.clone()).unwrap();
    run["held"] = response(&headers);
    let error = serde_json::from_value::<Run>(run).unwrap_err().to_string();
    assert!(error.contains("40000 headers"), "{error}");
}
