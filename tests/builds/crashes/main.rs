//! Runs every workflow of `random.yml` in one go and in pieces, and compares what each has sent and come to.
//!
//! The program of `tests/crashes.rs`, which writes the document and the list of workflows beside it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use arazzo::http::{Request, Response};
use arazzo::{BoxError, Bytes, Client, Error, Progress, Transport};

arazzo::arazzo_workflow!("random.yml");

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// An API that answers its n-th request as the seed says, and may be cut off while it does.
#[derive(Clone)]
struct Api(Arc<Mutex<State>>);

struct State {
    seed: u64,
    /// What was sent, but for what a crash has made to be sent twice.
    requests: Vec<String>,
    waits: Vec<Duration>,
    clock: Duration,
    start: Instant,
    /// Whether the next request is the last of its process: before the API sees it, or after.
    crash: Option<bool>,
    /// What each key was for, and whether every answer to it has refused that.
    keys: BTreeMap<String, (String, bool)>,
    /// What a request was answered whose answer nobody has received, and the request.
    unheard: Option<(String, Result<Response<Bytes>, String>)>,
}

impl Api {
    fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            seed,
            requests: Vec::new(),
            waits: Vec::new(),
            clock: Duration::ZERO,
            start: Instant::now(),
            crash: None,
            keys: BTreeMap::new(),
            unheard: None,
        })))
    }

    fn client(&self) -> Client<Self> {
        Client::builder()
            .transport(self.clone())
            .timeout(None)
            .max_steps(60)
            .source("api", |api| api.idempotency_key())
            .build()
            .unwrap()
    }
}

fn answer(seed: u64, number: usize) -> Result<Response<Bytes>, String> {
    let mut random = Random(seed.wrapping_mul(0x100_0000_01b3) ^ number as u64);
    let status = [200, 200, 200, 200, 200, 200, 200, 200, 202, 404, 429, 503, 0][random.below(13) as usize];
    if status == 0 {
        return Err("no answer".to_owned());
    }
    let value = [
        "1.10",
        "\"text \\u00e9\"",
        "null",
        "{\"b\":1,\"a\":[true,{\"$json\":2}]}",
        "123456789012345678901234567890",
        "[]",
        "\"\"",
    ][random.below(7) as usize];
    let (flag, jump) = (random.below(3) > 0, random.below(4));
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    if status == 429 {
        response = response.header("retry-after", "3");
    }
    Ok(response
        .body(Bytes::from(format!("{{\"v\": {value}, \"flag\": {flag}, \"jump\": {jump}}}")))
        .unwrap())
}

impl Transport for Api {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        let line = format!(
            "{} {} {key:?} {}",
            request.method(),
            request.uri(),
            std::str::from_utf8(request.body()).unwrap()
        );
        let crash = {
            let mut state = self.0.lock().unwrap();
            if let Some((unheard, result)) = state.unheard.take() {
                assert_eq!(unheard, line, "what is sent again after a crash is another request");
                return result.map_err(Into::into);
            }
            // What has no key must not reach the API twice.
            let crash = state.crash.take().map(|after| after && key.is_some());
            if crash == Some(false) {
                crash
            } else {
                let number = state.requests.len();
                state.requests.push(line.clone());
                let result = answer(state.seed, number);
                if let Some(key) = &key {
                    let refused = result.as_ref().is_ok_and(|response| response.status() == 404);
                    let said = format!("{} {}", request.uri(), std::str::from_utf8(request.body()).unwrap());
                    let known = state.keys.entry(key.clone()).or_insert_with(|| (said.clone(), true));
                    assert!(known.0 == said || !known.1, "a key that was refused is used for another request: {said}");
                    *known = (said, known.1 && refused);
                }
                if crash.is_none() {
                    return result.map_err(Into::into);
                }
                state.unheard = Some((line, result));
                crash
            }
        };
        assert!(crash.is_some());
        std::future::pending().await
    }

    async fn sleep(&self, duration: Duration) {
        let mut state = self.0.lock().unwrap();
        state.waits.push(duration);
        state.clock += duration;
    }

    fn now(&self) -> Instant {
        let state = self.0.lock().unwrap();
        state.start + state.clock
    }
}

/// What a run has come to: outputs or error, each time that it was carried on.
type Ends = Vec<Result<String, String>>;

/// How often a run that has failed is carried on.
const TRIES: usize = 3;

/// What the generated runs have in common.
trait Run: serde::Serialize + serde::de::DeserializeOwned + Clone {
    type Outputs: Debug;
    fn start() -> Self;
    fn give_all(&mut self);
    fn give(&mut self, inputs: &[String]);
    fn whole<'a>(&'a mut self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = Result<Self::Outputs, Error>> + 'a>>;
    #[allow(clippy::type_complexity)]
    fn piece<'a>(
        &'a mut self,
        client: &'a Client<Api>,
    ) -> Pin<Box<dyn Future<Output = Result<Progress<String, Self::Outputs>, Error>> + 'a>>;
}

/// Polls a future once: nothing here ever waits but for a crash.
fn poll<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn in_one_go<R: Run>(mut run: R, api: &Api) -> Ends {
    let client = api.client();
    run.give_all();
    let mut ends = Ends::new();
    while ends.len() < TRIES {
        let end = poll(run.whole(&client)).expect("nothing crashes here");
        ends.push(end.map(|outputs| format!("{outputs:?}")).map_err(|error| error.to_string()));
        if ends.last().unwrap().is_ok() {
            break;
        }
    }
    ends
}

fn in_pieces<R: Run>(run: R, api: &Api, mut crashes: Random) -> Ends {
    let client = api.client();
    let mut ends = Ends::new();
    let mut stored = serde_json::to_string(&run).unwrap();
    drop(run);
    while ends.len() < TRIES {
        // A process: it takes up the run, carries it one attempt further, stores it and ends.
        let mut run: R = serde_json::from_str(&stored).unwrap();
        if crashes.below(3) == 0 {
            api.0.lock().unwrap().crash = Some(crashes.below(2) == 0);
        }
        let progress = poll(run.piece(&client));
        api.0.lock().unwrap().crash = None;
        match progress {
            // It has ended in the middle, and what it has not stored is lost.
            None => continue,
            Some(Ok(Progress::Advanced)) => {}
            Some(Ok(Progress::Wait(duration))) => {
                let mut state = api.0.lock().unwrap();
                state.waits.push(duration);
                state.clock += duration;
            }
            Some(Ok(Progress::Awaiting(inputs))) => run.give(&inputs),
            Some(Ok(Progress::Done(outputs))) => {
                ends.push(Ok(format!("{outputs:?}")));
                break;
            }
            Some(Ok(_)) => unreachable!(),
            Some(Err(error)) => ends.push(Err(error.to_string())),
        }
        stored = serde_json::to_string(&run).unwrap();
        // Some keep a run as a tree, which sorts the members of objects.
        if crashes.below(4) == 0 {
            let tree: serde_json::Value = serde_json::from_str(&stored).unwrap();
            let again: R = serde_json::from_value(tree).unwrap();
            assert_eq!(
                serde_json::to_value(&again).unwrap(),
                serde_json::from_str::<serde_json::Value>(&stored).unwrap()
            );
        }
    }
    ends
}

/// How much was compared.
#[derive(Default, Debug)]
struct Count {
    runs: usize,
    requests: usize,
    waits: usize,
    done: usize,
    failed: usize,
}

fn compare<R: Run>(name: &str, seed: u64, count: &mut Count) {
    let (whole, pieces) = (Api::new(seed), Api::new(seed));
    let run = R::start();
    let expected = in_one_go(run.clone(), &whole);
    let found = in_pieces(run, &pieces, Random(seed ^ 0x5eed));
    let (whole, pieces) = (whole.0.lock().unwrap(), pieces.0.lock().unwrap());
    assert_eq!(whole.requests, pieces.requests, "requests of {name} with seed {seed}");
    assert_eq!(whole.waits, pieces.waits, "waits of {name} with seed {seed}");
    assert_eq!(expected, found, "{name} with seed {seed}");
    count.runs += 1;
    count.requests += whole.requests.len();
    count.waits += whole.waits.len();
    count.done += expected.iter().filter(|end| end.is_ok()).count();
    count.failed += expected.iter().filter(|end| end.is_err()).count();
}

macro_rules! runs {
    ($($module:ident $outputs:ident)*) => {
        $(impl Run for $module::Run {
            type Outputs = $module::$outputs;

            fn start() -> Self {
                Self::new($module::PartialInputs::new())
            }

            fn give_all(&mut self) {
                *self.inputs_mut() = $module::Inputs::new("ada", "late &/?").into();
            }

            fn give(&mut self, inputs: &[String]) {
                assert!(!inputs.is_empty());
                for input in inputs {
                    match input.as_str() {
                        "a" => self.inputs_mut().a = Some("ada".to_owned()),
                        "c" => self.inputs_mut().c = Some("late &/?".to_owned()),
                        other => panic!("`{other}` need not be given"),
                    }
                }
            }

            fn whole<'a>(&'a mut self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = Result<Self::Outputs, Error>> + 'a>> {
                Box::pin(self.finish(client))
            }

            fn piece<'a>(&'a mut self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = Result<Progress<String, Self::Outputs>, Error>> + 'a>> {
                Box::pin(async move {
                    Ok(match self.advance(client).await? {
                        Progress::Advanced => Progress::Advanced,
                        Progress::Wait(duration) => Progress::Wait(duration),
                        Progress::Awaiting(inputs) => Progress::Awaiting(inputs.iter().map(ToString::to_string).collect()),
                        Progress::Done(outputs) => Progress::Done(outputs),
                        _ => unreachable!(),
                    })
                })
            }
        })*

        fn main() {
            let first: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
            let seeds: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
            let mut all = VecDeque::new();
            $(
                let mut count = Count::default();
                for seed in first..first + seeds {
                    compare::<$module::Run>(stringify!($module), seed, &mut count);
                }
                all.push_back(count);
            )*
            let sum = |of: fn(&Count) -> usize| all.iter().map(of).sum::<usize>();
            println!(
                "{} workflows, {} runs, {} requests, {} waits, {} ends, {} failures",
                all.len(), sum(|c| c.runs), sum(|c| c.requests), sum(|c| c.waits), sum(|c| c.done), sum(|c| c.failed)
            );
        }
    };
}

include!("workflows.rs");
