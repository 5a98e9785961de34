//! Runs every workflow of `random.yml` in one go and in pieces, and compares what each has sent and come to.
//!
//! The program of `tests/crashes.rs`, which writes the document and the list of workflows beside it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arazzo::http::{Request, Response};
use arazzo::{
    BoxError, Broker, Bytes, Client, Delivery, Error, Event, EventKind, Message, Progress, Subscription, Transport,
};

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
    /// The number of messages that were acknowledged, or waited for in vain.
    came: usize,
    /// Whether a message was handed out since the last attempt began.
    handed: bool,
    /// How many messages were handed out to a process that died before it had stored its run.
    lost: usize,
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
            came: 0,
            handed: false,
            lost: 0,
        })))
    }

    fn client(&self) -> Client<Self> {
        Client::builder()
            .transport(self.clone())
            .timeout(None)
            .max_steps(60)
            .source("api", |api| api.idempotency_key())
            .source("events", |api| api.broker(self.clone()).idempotency_key())
            .observer({
                let api = self.clone();
                move |event: &Event<'_>| {
                    if let EventKind::NoMessage { .. } = event.kind {
                        api.0.lock().unwrap().came += 1;
                    }
                }
            })
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

impl Api {
    /// Answers what has a key, perhaps; whoever has asked may not live to hear it.
    async fn exchange(&self, line: String, said: String, key: Option<String>) -> Result<Response<Bytes>, BoxError> {
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
}

/// The messages that come.
struct Coming {
    api: Api,
    /// The number of the last one that was handed out.
    last: Option<usize>,
}

/// Returns the message with this number; `None` if it never comes.
fn message(seed: u64, number: usize) -> Option<Message> {
    let mut random = Random(seed.wrapping_mul(0x1_0000_01b3) ^ number as u64);
    let value = ["1.10", "\"text\"", "null", "{\"b\":[1]}"][random.below(4) as usize];
    let (flag, jump) = (random.below(4) > 0, random.below(3));
    let payload = format!("{{\"v\": {value}, \"flag\": {flag}, \"jump\": {jump}}}");
    let message = Message::new("events.came", payload).with_header("number", (number % 5).to_string());
    (random.below(5) > 0).then_some(message)
}

impl Broker for Api {
    type Subscription = Coming;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let said = format!("{} {}", message.address, std::str::from_utf8(&message.payload).unwrap());
        let line = format!("publish {said} {:?}", message.id);
        self.exchange(line, said, message.id).await.map(|_| ())
    }

    async fn subscribe(&self, address: &str) -> Result<Coming, BoxError> {
        assert_eq!(address, "events.came");
        Ok(Coming {
            api: self.clone(),
            last: None,
        })
    }
}

impl Subscription for Coming {
    async fn next(&mut self) -> Result<Delivery, BoxError> {
        std::future::poll_fn(|_| {
            let mut state = self.api.0.lock().unwrap();
            let number = state.came;
            let Some(message) = message(state.seed, number).filter(|_| self.last != Some(number)) else {
                return Poll::Pending;
            };
            state.handed = true;
            self.last = Some(number);
            let api = self.api.clone();
            Poll::Ready(Ok(Delivery::new(message).with_acknowledgement(async move {
                let mut state = api.0.lock().unwrap();
                assert_eq!(state.came, number, "a message is acknowledged once");
                state.came += 1;
                Ok(())
            })))
        })
        .await
    }
}

impl Transport for Api {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        let body = std::str::from_utf8(request.body()).unwrap();
        let line = format!("{} {} {key:?} {body}", request.method(), request.uri());
        let said = format!("{} {body}", request.uri());
        self.exchange(line, said, key).await
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

    fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000) + self.0.lock().unwrap().clock
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
    fn acknowledge_all<'a>(&'a self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;
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
    let mut client = api.client();
    let mut ends = Ends::new();
    let mut stored = serde_json::to_string(&run).unwrap();
    drop(run);
    while ends.len() < TRIES {
        // A process: it takes up the run, carries it one attempt further, stores it and ends.
        let mut run: R = serde_json::from_str(&stored).unwrap();
        // Some processes carry on more than one piece.
        if crashes.below(4) == 0 {
            client = api.client();
        }
        api.0.lock().unwrap().handed = false;
        if crashes.below(3) == 0 {
            api.0.lock().unwrap().crash = Some(crashes.below(2) == 0);
        }
        let progress = poll(run.piece(&client));
        api.0.lock().unwrap().crash = None;
        // The run has taken a message, and could not be stored.
        if std::mem::take(&mut api.0.lock().unwrap().handed) && progress.is_some() && crashes.below(3) == 0 {
            api.0.lock().unwrap().lost += 1;
            continue;
        }
        match progress {
            // It has ended in the middle, and what it has not stored is lost.
            None => continue,
            Some(Ok(Progress::Advanced)) => {}
            Some(Ok(Progress::Wait(duration))) => {
                let mut state = api.0.lock().unwrap();
                state.waits.push(duration);
                state.clock += duration;
            }
            Some(Ok(Progress::AwaitingMessage(expected))) => {
                let left = expected.deadline.unwrap().duration_since(api.system_time()).unwrap();
                let mut state = api.0.lock().unwrap();
                state.waits.push(left);
                state.clock += left;
            }
            Some(Ok(Progress::Awaiting(inputs))) => run.give(&inputs),
            Some(Ok(Progress::Done(outputs))) => {
                ends.push(Ok(format!("{outputs:?}")));
                poll(run.acknowledge_all(&client)).expect("acknowledging does not wait");
                break;
            }
            Some(Ok(_)) => unreachable!(),
            Some(Err(error)) => ends.push(Err(error.to_string())),
        }
        stored = serde_json::to_string(&run).unwrap();
        poll(run.acknowledge_all(&client)).expect("acknowledging does not wait");
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
    messages: usize,
    lost: usize,
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
    count.messages += whole.came;
    count.lost += pieces.lost;
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

            fn acknowledge_all<'a>(&'a self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
                Box::pin(async move { self.acknowledge(client).await.unwrap() })
            }

            fn piece<'a>(&'a mut self, client: &'a Client<Api>) -> Pin<Box<dyn Future<Output = Result<Progress<String, Self::Outputs>, Error>> + 'a>> {
                Box::pin(async move {
                    Ok(match self.advance(client).await? {
                        Progress::Advanced => Progress::Advanced,
                        Progress::Wait(duration) => Progress::Wait(duration),
                        Progress::AwaitingMessage(expected) => Progress::AwaitingMessage(expected),
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
                "{} workflows, {} runs, {} requests, {} messages, {} lost with their process, {} waits, {} ends, {} failures",
                all.len(), sum(|c| c.runs), sum(|c| c.requests), sum(|c| c.messages), sum(|c| c.lost), sum(|c| c.waits), sum(|c| c.done), sum(|c| c.failed)
            );
        }
    };
}

include!("workflows.rs");
