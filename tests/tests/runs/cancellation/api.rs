//! The API.

use super::*;

/// What a request says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub line: String,
    pub body: String,
    pub key: Option<String>,
    pub token: Option<String>,
    /// The step; which attempt of it that is may be counted with those that were cut off, or without.
    pub step: Option<String>,
}

impl Said {
    pub fn of(request: &Request<Bytes>) -> Self {
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
pub enum Happened {
    Asked(Said, bool),
    Waited(Duration, bool),
}

/// What is answered to the request with this method, when it is asked for the nth time and hears the answer; nothing
/// where the connection breaks.
pub type Script = fn(&Said, usize) -> Option<Response<Value>>;

pub struct State {
    pub happened: Vec<Happened>,
    /// For each method, and for tokens, how often an answer was heard.
    pub heard: Vec<(String, usize)>,
    /// How often whoever polls is put off has to be the same each time, or cuts would not come everywhere.
    pub random: SmallRng,
    pub now: Instant,
}

/// An API in this process, whose answers take a random number of polls. What was not heard has not changed it.
#[derive(Clone)]
pub struct Api {
    pub script: Script,
    pub state: Arc<Mutex<State>>,
}

/// Time that never passes.
pub const FOR_EVER: Duration = Duration::from_secs(1_000_000);

/// Is pending for some polls.
pub async fn pending(mut polls: usize) {
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
    pub fn new(script: Script, seed: u64) -> Self {
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
    pub fn client(&self, seed: u64) -> Client<Self> {
        let limit = seed.is_multiple_of(2).then_some(FOR_EVER);
        let builder = Client::builder().transport(self.clone()).timeout(limit);
        let builder = builder.source("counter", |api| {
            api.base_url("https://counter.test")
                .scheme("oauth", ClientCredentials::new("id", "hush"))
                .idempotency_key()
        });
        builder.build().expect("the client is complete")
    }

    pub fn happened(&self) -> Vec<Happened> {
        self.state.lock().unwrap().happened.clone()
    }

    /// Begins something: where it stands among all that has happened, and how many polls it takes.
    pub fn begin(&self, what: Happened) -> (usize, usize) {
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

pub fn answer(status: u16, body: Value) -> Option<Response<Value>> {
    let builder = Response::builder().status(status);
    Some(builder.body(body).expect("a response"))
}

pub fn thing(said: &Said, nth: usize) -> Option<Response<Value>> {
    let method = said.line.split(' ').next()?;
    answer(200, json!({ "value": format!("{method}-{nth}") }))
}

/// Every request is answered.
pub fn willing(said: &Said, nth: usize) -> Option<Response<Value>> {
    thing(said, nth)
}

/// Some requests are refused, and some are never heard.
pub fn moody(said: &Said, nth: usize) -> Option<Response<Value>> {
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
pub fn busy(_: &Said, _: usize) -> Option<Response<Value>> {
    answer(503, json!({}))
}

/// There is more to read, three times.
pub fn plentiful(said: &Said, nth: usize) -> Option<Response<Value>> {
    let mut response = thing(said, nth)?;
    response.body_mut()["more"] = json!(said.line.starts_with("GET") && nth < 3);
    Some(response)
}

/// The second workflow that is called fails, and so does the first step when it is called again.
pub fn stubborn(said: &Said, nth: usize) -> Option<Response<Value>> {
    match (&said.line[..3], nth) {
        ("POS", 1..=4) => answer(503, json!({})),
        _ => thing(said, nth),
    }
}

/// What is read is not there, and then nobody has time for it.
pub fn elusive(said: &Said, nth: usize) -> Option<Response<Value>> {
    match (&said.line[..3], nth) {
        ("GET", 0) => answer(404, json!({})),
        ("GET", 1) => answer(503, json!({})),
        _ => thing(said, nth),
    }
}

/// The first token is good for one request.
pub fn forgetful(said: &Said, nth: usize) -> Option<Response<Value>> {
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
