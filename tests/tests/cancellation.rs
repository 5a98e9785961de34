//! Futures that are dropped before they are done: by a timeout, by a `select!`, by a task that is aborted. The run that
//! they were carrying on must be where it was, or further, but never in between.
//!
//! Docs: "No answer is in the run until `advance` returns: a future that is dropped in between has perhaps called the API
//! and left no trace of it." So what was cut off is asked again in the same words, with the same key, and nothing else is
//! asked twice or not at all.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use arazzo::http::{Request, Response, header};
use arazzo::{Attempt, BoxError, Bytes, Client, ClientCredentials, ErrorKind, Progress, Transport};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

mod flows {
    arazzo::arazzo_workflow!("../language/faults/flows.yml");
}

/// Where nobody says otherwise by `CANCELLATION_SEED`, these many seeds are tried, beginning with the first.
const SEEDS: std::ops::Range<u64> = 20_261_123..20_261_131;

/// Runs with several cuts, for each seed, workflow and way to carry on.
const RUNS: usize = 60;

fn seeds() -> Vec<u64> {
    match std::env::var("CANCELLATION_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => SEEDS.collect(),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The API
// ---------------------------------------------------------------------------------------------------------------------

/// What a request says.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    line: String,
    body: String,
    key: Option<String>,
    token: Option<String>,
    /// The step; which attempt of it that is may be counted with those that were cut off, or without.
    step: Option<String>,
}

impl Said {
    fn of(request: &Request<Bytes>) -> Self {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let attempt = request.extensions().get::<Attempt>();
        Self {
            line: format!("{} {}", request.method(), request.uri()),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            key: header("idempotency-key"),
            token: header(header::AUTHORIZATION.as_str()),
            step: attempt.map(|attempt| format!("{:?}", attempt.step)),
        }
    }
}

/// What has happened, and whether it was waited for to the end.
#[derive(Clone, Debug, PartialEq)]
enum Happened {
    Asked(Said, bool),
    Waited(Duration, bool),
}

/// What is answered to the request with this method, when it is asked for the nth time and hears the answer; nothing
/// where the connection breaks.
type Script = fn(&Said, usize) -> Option<Response<Value>>;

struct State {
    happened: Vec<Happened>,
    /// For each method, and for tokens, how often an answer was heard.
    heard: Vec<(String, usize)>,
    /// How often whoever polls is put off has to be the same each time, or cuts would not come everywhere.
    random: SmallRng,
    now: Instant,
}

/// An API in this process, whose answers take a random number of polls. What was not heard has not changed it.
#[derive(Clone)]
struct Api {
    script: Script,
    state: Arc<Mutex<State>>,
}

/// Time that never passes.
const FOR_EVER: Duration = Duration::from_secs(1_000_000);

/// Is pending for some polls.
async fn pending(mut polls: usize) {
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Api {
    fn new(script: Script, seed: u64) -> Self {
        let state = State {
            happened: Vec::new(),
            heard: Vec::new(),
            random: SmallRng::seed_from_u64(seed),
            now: Instant::now(),
        };
        Self {
            script,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// A client with keys and, for every other seed, a time limit that nothing reaches.
    fn client(&self, seed: u64) -> Client<Self> {
        let limit = seed.is_multiple_of(2).then_some(FOR_EVER);
        let builder = Client::builder().transport(self.clone()).timeout(limit);
        let builder = builder.source("counter", |api| {
            api.base_url("https://counter.test")
                .scheme("oauth", ClientCredentials::new("id", "hush"))
                .idempotency_key()
        });
        builder.build().expect("the client is complete")
    }

    fn happened(&self) -> Vec<Happened> {
        self.state.lock().unwrap().happened.clone()
    }

    /// Begins something: where it stands among all that has happened, and how many polls it takes.
    fn begin(&self, what: Happened) -> (usize, usize) {
        let mut state = self.state.lock().unwrap();
        state.happened.push(what);
        let polls = state.random.random_range(0..4);
        (state.happened.len() - 1, polls)
    }
}

impl Transport for Api {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let said = Said::of(&request);
        let (index, polls) = self.begin(Happened::Asked(said.clone(), false));
        pending(polls).await;
        let mut state = self.state.lock().unwrap();
        state.happened[index] = Happened::Asked(said.clone(), true);
        let kind = if said.line.ends_with("/token") {
            "token"
        } else {
            request.method().as_str()
        };
        let nth = match state.heard.iter_mut().find(|(known, _)| known == kind) {
            Some((_, times)) => {
                *times += 1;
                *times
            }
            None => {
                state.heard.push((kind.to_owned(), 0));
                0
            }
        };
        let response = (self.script)(&said, nth).ok_or("the cable is cut")?;
        Ok(response.map(|body| Bytes::from(body.to_string())))
    }

    async fn sleep(&self, duration: Duration) {
        if duration >= FOR_EVER {
            return std::future::pending().await;
        }
        let (index, polls) = self.begin(Happened::Waited(duration, false));
        pending(polls).await;
        let mut state = self.state.lock().unwrap();
        state.happened[index] = Happened::Waited(duration, true);
        state.now += duration;
    }

    fn now(&self) -> Instant {
        self.state.lock().unwrap().now
    }
}

fn answer(status: u16, body: Value) -> Option<Response<Value>> {
    let builder = Response::builder().status(status);
    Some(builder.body(body).expect("a response"))
}

fn thing(said: &Said, nth: usize) -> Option<Response<Value>> {
    let method = said.line.split(' ').next()?;
    answer(200, json!({ "value": format!("{method}-{nth}") }))
}

/// Every request is answered.
fn willing(said: &Said, nth: usize) -> Option<Response<Value>> {
    thing(said, nth)
}

/// Some requests are refused, and some are never heard.
fn moody(said: &Said, nth: usize) -> Option<Response<Value>> {
    match (&said.line[..3], nth) {
        ("POS", 0 | 1) | ("GET", 2) => answer(503, json!({})),
        ("GET", 0) => None,
        ("GET", 1) => {
            let mut response = answer(503, json!({}))?;
            response.headers_mut().insert(header::RETRY_AFTER, 5.into());
            Some(response)
        }
        _ => thing(said, nth),
    }
}

/// Every request is refused.
fn busy(_: &Said, _: usize) -> Option<Response<Value>> {
    answer(503, json!({}))
}

/// There is more to read, three times.
fn plentiful(said: &Said, nth: usize) -> Option<Response<Value>> {
    let mut response = thing(said, nth)?;
    response.body_mut()["more"] = json!(said.line.starts_with("GET") && nth < 3);
    Some(response)
}

/// The second workflow that is called fails, and so does the first step when it is called again.
fn stubborn(said: &Said, nth: usize) -> Option<Response<Value>> {
    match (&said.line[..3], nth) {
        ("POS", 1..=4) => answer(503, json!({})),
        _ => thing(said, nth),
    }
}

/// What is read is not there, and then nobody has time for it.
fn elusive(said: &Said, nth: usize) -> Option<Response<Value>> {
    match (&said.line[..3], nth) {
        ("GET", 0) => answer(404, json!({})),
        ("GET", 1) => answer(503, json!({})),
        _ => thing(said, nth),
    }
}

/// The first token is good for one request.
fn forgetful(said: &Said, nth: usize) -> Option<Response<Value>> {
    match &said.line[..] {
        "POST https://counter.test/token" => answer(
            200,
            json!({ "access_token": format!("tok-{nth}"), "token_type": "Bearer", "expires_in": 3600 }),
        ),
        "GET https://counter.test/guarded" if said.token.as_deref() == Some("Bearer tok-0") && nth > 0 => {
            answer(401, json!({}))
        }
        _ => thing(said, nth),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The drivers
// ---------------------------------------------------------------------------------------------------------------------

/// How a run has ended: its outputs, or the kind of error and the step.
type End<O> = Result<O, (ErrorKind, Option<String>)>;

/// A run of some workflow.
trait Flow: Clone + Debug + Serialize + DeserializeOwned {
    type Outputs: Debug + PartialEq;
    fn fresh() -> Self;
    async fn finish(&mut self, client: &Client<Api>) -> End<Self::Outputs>;
    /// The outputs where it has ended; nothing where there is more to do.
    async fn advance(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>>;
    async fn until_blocked(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>>;
}

macro_rules! flow {
    ($($workflow:ident),*) => {$(
        impl Flow for flows::$workflow::Run {
            type Outputs = flows::$workflow::Outputs;

            fn fresh() -> Self {
                Self::new(flows::$workflow::Inputs::new("a \"word\" &c."))
            }

            async fn finish(&mut self, client: &Client<Api>) -> End<Self::Outputs> {
                flows::$workflow::Run::finish(self, client).await.map_err(|error| ended(&error))
            }

            async fn advance(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>> {
                let progress = flows::$workflow::Run::advance(self, client).await;
                progress.map(done).map_err(|error| ended(&error))
            }

            async fn until_blocked(&mut self, client: &Client<Api>) -> End<Option<Self::Outputs>> {
                let progress = flows::$workflow::Run::advance_until_blocked(self, client).await;
                progress.map(done).map_err(|error| ended(&error))
            }
        }
    )*};
}

flow!(plain, patient, looping, nested, roundabout, guarded);

fn ended(error: &arazzo::Error) -> (ErrorKind, Option<String>) {
    (error.kind(), error.step().map(str::to_owned))
}

fn done<I: Debug, O>(progress: Progress<I, O>) -> Option<O> {
    match progress {
        Progress::Advanced | Progress::Wait(_) => None,
        Progress::Done(outputs) => Some(outputs),
        Progress::Awaiting(inputs) => panic!("nothing is missing: {inputs:?}"),
        _ => panic!("there is nothing else"),
    }
}

/// How a run is carried on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Finish,
    UntilBlocked,
    Advance,
}

const WAYS: [Way; 3] = [Way::Finish, Way::UntilBlocked, Way::Advance];

/// Polls a future as often as it may be, and counts down: what it says, or nothing where it is dropped.
fn poll<F: Future>(future: F, polls: &mut usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    while *polls > 0 {
        *polls -= 1;
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// Carries a run on, in one go or attempt by attempt; nothing where a future was dropped on the way.
fn carry_on<F: Flow>(run: &mut F, client: &Client<Api>, way: Way, mut polls: usize) -> Option<End<F::Outputs>> {
    loop {
        let progress = match way {
            Way::Finish => return poll(run.finish(client), &mut polls),
            Way::UntilBlocked => poll(run.until_blocked(client), &mut polls),
            Way::Advance => poll(run.advance(client), &mut polls),
        };
        match progress {
            Some(Ok(None)) => {}
            Some(Ok(Some(outputs))) => return Some(Ok(outputs)),
            Some(Err(error)) => return Some(Err(error)),
            None => return None,
        }
    }
}

/// Stores a run and reads it again.
fn again<F: Flow>(run: &F) -> F {
    let stored = serde_json::to_string(run).expect("a run can be stored");
    let again: F = serde_json::from_str(&stored).expect("a stored run can be read");
    assert_eq!(serde_json::to_string(&again).expect("a run can be stored"), stored);
    again
}

const WITHOUT_END: usize = 100_000;

/// Carries a run to its end with these cuts, after each of which it goes on from its stored form or as it is: how it ends,
/// and what has happened. Nothing where a cut came too late to cut anything.
fn cut<F: Flow>(
    run: &F,
    script: Script,
    seed: u64,
    way: Way,
    cuts: &[usize],
) -> (Option<End<F::Outputs>>, Vec<Happened>, usize) {
    let api = Api::new(script, seed);
    let client = api.client(seed);
    let mut run = run.clone();
    let mut made = 0;
    for (number, polls) in cuts.iter().chain([&WITHOUT_END]).enumerate() {
        let end = carry_on(&mut run, &client, way, *polls);
        if end.is_some() {
            return (end, api.happened(), made);
        }
        made += 1;
        if number % 2 == 0 {
            run = again(&run);
        }
    }
    (None, api.happened(), made)
}

/// What was asked and heard.
fn heard(happened: &[Happened]) -> Vec<&Said> {
    let heard = happened.iter().filter_map(|what| match what {
        Happened::Asked(said, true) => Some(said),
        _ => None,
    });
    heard.collect()
}

/// What was heard is what is heard without cuts, and what was cut off is asked again next, in the same words.
fn same_words(whole: &[Happened], happened: &[Happened]) -> Result<(), String> {
    if heard(whole) != heard(happened) {
        return Err("something else was asked".to_owned());
    }
    let mut asked = happened.iter().filter_map(|what| match what {
        Happened::Asked(said, heard) => Some((said, *heard)),
        Happened::Waited(..) => None,
    });
    let mut cut_off = None;
    for (said, heard) in asked.by_ref() {
        if cut_off.is_some_and(|cut_off| cut_off != said) {
            return Err(format!("{said:?} is not what was cut off: {cut_off:?}"));
        }
        cut_off = (!heard).then_some(said);
    }
    match cut_off {
        Some(said) => Err(format!("{said:?} was never asked again")),
        None => Ok(()),
    }
}

/// An attempt that needs a token may take several requests, and all of them may be made again when it is cut off; what it
/// is not about is asked once, and nothing is left out.
fn whole_attempts(whole: &[Happened], happened: &[Happened]) -> Result<(), String> {
    let expected = ["peek", "make", "peek-again"];
    let heard = heard(happened);
    let made: Vec<_> = heard
        .iter()
        .filter(|said| said.line == "POST https://counter.test/things")
        .collect();
    if made.len() != 1 || !self::heard(whole).contains(made[0]) {
        return Err(format!("{made:?}"));
    }
    // The steps, each as often as it likes.
    let mut steps: Vec<&str> = Vec::new();
    for step in heard.iter().filter_map(|said| said.step.as_ref()) {
        let known = expected.iter().find(|known| step.contains(&format!("\"{known}\"")));
        let step = known.ok_or_else(|| format!("no step {step}"))?;
        if steps.last() != Some(step) {
            steps.push(step);
        }
    }
    if steps != expected {
        return Err(format!("{steps:?}"));
    }
    Ok(())
}

/// Runs a workflow with a cut at every poll, and with random ones.
fn cut_everywhere<F: Flow>(script: Script, check: fn(&[Happened], &[Happened]) -> Result<(), String>) {
    let mut cuts_made = 0;
    for seed in seeds() {
        let run = F::fresh();
        let (expected, whole, _) = cut(&run, script, seed, Way::Finish, &[]);
        let expected = expected.expect("nothing is cut off");
        let mut attempt = |way: Way, cuts: &[usize]| {
            let (end, happened, made) = cut(&run, script, seed, way, cuts);
            let context = || format!("CANCELLATION_SEED={seed}, {way:?}, cut after {cuts:?} polls\n{happened:#?}");
            assert_eq!(end.as_ref(), Some(&expected), "{}", context());
            if let Err(problem) = check(&whole, &happened) {
                panic!("{problem}\n{}\nwithout cuts: {whole:#?}", context());
            }
            cuts_made += made;
            made
        };
        for way in WAYS {
            let mut polls = 0;
            while attempt(way, &[polls]) > 0 {
                polls += 1;
            }
            let mut random = SmallRng::seed_from_u64(seed ^ 0x5eed);
            for _ in 0..RUNS {
                let cuts: Vec<usize> = (0..12).map(|_| random.random_range(0..9)).collect();
                attempt(way, &cuts);
            }
        }
    }
    // What this proves depends on how often something was cut off.
    assert!(cuts_made > 10 * seeds().len(), "{cuts_made}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Every await
// ---------------------------------------------------------------------------------------------------------------------

#[test]
fn plain_steps() {
    cut_everywhere::<flows::plain::Run>(willing, same_words);
}

#[test]
fn retries() {
    cut_everywhere::<flows::patient::Run>(moody, same_words);
}

#[test]
fn retries_that_do_not_help() {
    cut_everywhere::<flows::patient::Run>(busy, same_words);
}

#[test]
fn a_loop() {
    cut_everywhere::<flows::looping::Run>(plentiful, same_words);
}

#[test]
fn workflows_that_are_called() {
    cut_everywhere::<flows::nested::Run>(stubborn, same_words);
}

#[test]
fn detours() {
    cut_everywhere::<flows::roundabout::Run>(elusive, same_words);
}

#[test]
fn tokens() {
    cut_everywhere::<flows::guarded::Run>(forgetful, whole_attempts);
}

/// The runs above go the ways that they are meant to go.
#[test]
fn what_happens_without_cuts() {
    fn lines<F: Flow>(script: Script) -> Vec<String> {
        let (end, happened, made) = cut(&F::fresh(), script, 1, Way::Finish, &[]);
        assert!(end.is_some_and(|end| end.is_ok()) && made == 0);
        let lines = happened.into_iter().map(|what| match what {
            Happened::Asked(said, heard) => {
                assert!(heard);
                said.line.replace(" https://counter.test", " ")
            }
            Happened::Waited(time, passed) => {
                assert!(passed);
                format!("wait {}", time.as_secs())
            }
        });
        lines.collect()
    }
    assert_eq!(
        lines::<flows::plain::Run>(willing),
        ["POST /things", "GET /things/POST-0", "PUT /things/GET-0"]
    );
    assert_eq!(
        lines::<flows::patient::Run>(moody),
        [
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 2",
            "POST /things",
            "GET /things/POST-2",
            "GET /things/POST-2",
            "wait 5",
            "GET /things/POST-2",
            "wait 1",
            "GET /things/POST-2",
        ]
    );
    assert_eq!(
        lines::<flows::looping::Run>(plentiful),
        [
            "POST /things",
            "GET /things/POST-0",
            "POST /things",
            "GET /things/POST-1",
            "POST /things",
            "GET /things/POST-2",
            "POST /things",
            "GET /things/POST-3",
        ]
    );
    assert_eq!(
        lines::<flows::nested::Run>(stubborn),
        [
            "POST /things",
            "GET /things/POST-0",
            "PUT /things/GET-0",
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 2",
            "POST /things",
            "wait 3",
            "POST /things",
            "wait 2",
            "POST /things",
            "GET /things/POST-5",
            "GET /things/GET-1",
        ]
    );
    assert_eq!(
        lines::<flows::roundabout::Run>(elusive),
        [
            "POST /things",
            "GET /things/POST-0",
            "wait 1",
            "POST /things",
            "GET /things/POST-1",
            "POST /things",
            "GET /things/POST-2",
            "PUT /things/GET-2",
            "GET /things/POST-1",
        ]
    );
    assert_eq!(
        lines::<flows::guarded::Run>(forgetful),
        [
            "POST /token",
            "GET /guarded",
            "POST /things",
            "GET /guarded",
            "POST /token",
            "GET /guarded",
        ]
    );
}

// Docs: "a future that is dropped in between has perhaps called the API and left no trace of it". That something was tried
// may be counted, and what was asked has to be known for the key; but where the run stands, what it has kept and how often
// it may try again are as before.
#[test]
fn an_attempt_that_is_cut_off_leaves_the_run_where_it_was() {
    fn standing<F: Flow>(run: &F) -> Value {
        let mut stored = serde_json::to_value(run).expect("a run can be stored");
        for counter in ["attempts", "total", "asked"] {
            stored.as_object_mut().expect("an object").remove(counter);
        }
        stored
    }
    let api = Api::new(moody, 0);
    let client = api.client(1);
    let mut run = flows::patient::Run::fresh();
    let mut cuts = 0;
    loop {
        let (before, step, asked) = (standing(&run), run.step(), api.happened().len());
        if let Some(progress) = poll(run.advance(&client), &mut 1) {
            if matches!(progress.expect("it goes on"), Progress::Done(_)) {
                break;
            }
        } else {
            assert_eq!(api.happened().len(), asked + 1);
            assert_eq!((standing(&run), run.step()), (before, step));
            cuts += 1;
        }
    }
    assert!(cuts > 3, "{cuts}");
}

// Docs, Runs that are kept: a request that says something else than the one before "has a new one if every attempt before
// it was refused […]. After anything else (no answer, […]) the first request may have had its effect: the key stays".
#[test]
fn the_key_of_a_request_that_was_cut_off_stays() {
    for stored in [false, true] {
        let api = Api::new(willing, 0);
        let client = api.client(1);
        let mut run = flows::plain::Run::fresh();
        let happened = loop {
            let cut_off = poll(run.advance(&client), &mut 1).is_none();
            let happened = api.happened();
            if cut_off {
                break happened;
            }
            assert!(happened.len() < 3, "nothing was cut off");
            run = flows::plain::Run::fresh();
        };
        let [.., Happened::Asked(before, false)] = &happened[..] else {
            panic!("{happened:?}");
        };
        if stored {
            run = again(&run);
        }
        run.inputs_mut().word = Some("another".to_owned());
        let end = poll(run.advance(&client), &mut WITHOUT_END.clone());
        assert!(matches!(end, Some(Ok(Progress::Advanced))));
        let Some(Happened::Asked(after, true)) = api.happened().pop() else {
            panic!("{:?}", api.happened());
        };
        assert_ne!(before.body, after.body);
        assert!(before.key.is_some() && before.key == after.key, "{before:?}, {after:?}");
    }
}

/// Docs are silent about a `finish` that is dropped while it waits. It is `finish` that waits, and who calls it again
/// cannot know that there was a wait: a server that has asked for time gets it, from the beginning where need be.
#[test]
fn a_wait_that_is_cut_off_is_not_skipped() {
    let run = flows::patient::Run::fresh();
    for polls in 0.. {
        let (end, happened, made) = cut(&run, moody, 1, Way::Finish, &[polls]);
        assert!(matches!(end, Some(Ok(_))));
        // The waits that were waited for to the end are those of an undisturbed run, whatever was cut off.
        let waited: Vec<u64> = happened
            .iter()
            .filter_map(|what| match what {
                Happened::Waited(time, true) => Some(time.as_secs()),
                _ => None,
            })
            .collect();
        assert_eq!(waited, [2, 2, 5, 1], "cut after {polls} polls: {happened:#?}");
        if made == 0 {
            break;
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Real sockets
// ---------------------------------------------------------------------------------------------------------------------

/// A server that hears the second request and says nothing until whoever has sent it is gone. Each request that it hears
/// is told.
fn hesitating() -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time");
            let mut request = Vec::new();
            let mut byte = [0];
            let head = loop {
                if stream.read_exact(&mut byte).is_err() {
                    return;
                }
                request.push(byte[0]);
                if request.ends_with(b"\r\n\r\n") {
                    break String::from_utf8_lossy(&request).to_ascii_lowercase();
                }
            };
            let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
                rest.split_once("\r\n").expect("a line").0.parse().expect("a length")
            });
            let mut body = vec![0; length];
            stream.read_exact(&mut body).expect("a body");
            let line = String::from_utf8_lossy(&request)
                .split(" HTTP")
                .next()
                .map(str::to_owned);
            if tell.send(line.expect("a line")).is_err() {
                return;
            }
            if number == 1 {
                // Closed by whoever does not wait any more, or never.
                while matches!(stream.read(&mut byte), Ok(read) if read > 0) {}
                continue;
            }
            let body = format!("{{\"value\":\"v{number}\"}}");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, told)
}

fn socket_client(url: &str) -> Client {
    let builder = Client::builder().source("counter", |api| api.base_url(url));
    builder.build().expect("the client is complete")
}

/// Finishes a run that was cut off in its second step, in another process as it were.
async fn finishes(
    run: flows::plain::Run,
    client: Client,
    mut told: tokio::sync::mpsc::UnboundedReceiver<String>,
    mut heard: Vec<String>,
) {
    assert_eq!(run.step(), Some(flows::plain::Step::Read));
    let stored = serde_json::to_string(&run).expect("a run can be stored");
    let mut run: flows::plain::Run = serde_json::from_str(&stored).expect("a stored run can be read");
    let outputs = run.finish(&client).await.expect("the server answers");
    assert_eq!(
        (outputs.made.as_str(), outputs.read.as_str(), outputs.written.as_str()),
        ("v0", "v2", "v3")
    );
    while let Ok(line) = told.try_recv() {
        heard.push(line);
    }
    assert_eq!(
        heard,
        ["POST /things", "GET /things/v0", "GET /things/v0", "PUT /things/v2"]
    );
}

#[tokio::test]
async fn a_timeout_around_a_run() {
    let (url, told) = hesitating();
    let client = socket_client(&url);
    let mut run = flows::plain::Run::fresh();
    let limit = Duration::from_millis(500);
    assert!(tokio::time::timeout(limit, run.finish(&client)).await.is_err());
    finishes(run, client, told, Vec::new()).await;
}

#[tokio::test]
async fn a_select_over_a_run() {
    let (url, mut told) = hesitating();
    let client = socket_client(&url);
    let mut run = flows::plain::Run::fresh();
    let mut heard = Vec::new();
    tokio::select! {
        result = run.finish(&client) => panic!("nobody has answered: {result:?}"),
        () = async {
            while heard.len() < 2 {
                heard.push(told.recv().await.expect("the server hears"));
            }
        } => {}
    }
    finishes(run, client, told, heard).await;
}

/// A task that carries a run on for somebody, and is aborted when he leaves.
#[tokio::test]
async fn a_task_that_is_aborted() {
    let (url, mut told) = hesitating();
    let client = socket_client(&url);
    let run = Arc::new(tokio::sync::Mutex::new(flows::plain::Run::fresh()));
    let task = tokio::spawn({
        let (run, client) = (Arc::clone(&run), client.clone());
        async move { run.lock().await.finish(&client).await.map(|_| ()) }
    });
    let heard = vec![
        told.recv().await.expect("a request"),
        told.recv().await.expect("a request"),
    ];
    task.abort();
    assert!(task.await.expect_err("it was aborted").is_cancelled());
    let run = run.lock().await.clone();
    finishes(run, client, told, heard).await;
}
