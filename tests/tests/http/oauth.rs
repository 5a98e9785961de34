//! OAuth 2.0 client credentials (RFC 6749, section 4.4) against a token endpoint and an API on real sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use arazzo::{Client, ClientCredentials, Credential, ErrorKind};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

mod oauth {
    arazzo::arazzo_workflow!("language/oauth.yml");
}
use oauth::{add, read_thrice};

/// What the server gives out and has seen.
struct Server {
    /// How long a token lives.
    lifetime: Duration,
    /// The tokens that are good: their scopes and until when.
    tokens: HashMap<String, (String, Instant)>,
    /// How many tokens were given out.
    issued: usize,
    /// What happened: `token SCOPES`, `METHOD PATH STATUS`.
    log: Vec<String>,
}

type Shared = Arc<Mutex<Server>>;

fn lock(shared: &Shared) -> MutexGuard<'_, Server> {
    shared.lock().expect("no test has failed while it held the server")
}

async fn token(State(server): State<Shared>, request: Request) -> Response {
    let authorised = request
        .headers()
        .get(header::AUTHORIZATION)
        // `id:hush hush`, the secret form-encoded as section 2.3.1 demands.
        .is_some_and(|value| value == "Basic aWQ6aHVzaCUyMGh1c2g=");
    let body = axum::body::to_bytes(request.into_body(), 10_000).await.expect("a body");
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    let mut server = lock(&server);
    if !authorised {
        server.log.push(String::from("token refused"));
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let fields: HashMap<&str, &str> = body.split('&').filter_map(|pair| pair.split_once('=')).collect();
    assert_eq!(fields["grant_type"], "client_credentials");
    let scopes = fields.get("scope").copied().unwrap_or("").replace("%20", " ");
    server.issued += 1;
    let name = format!("tok-{}", server.issued);
    let until = Instant::now() + server.lifetime;
    server.tokens.insert(name.clone(), (scopes.clone(), until));
    server.log.push(format!("token {scopes}"));
    let lifetime = server.lifetime.as_secs();
    Json(json!({ "access_token": name, "token_type": "Bearer", "expires_in": lifetime })).into_response()
}

async fn things(State(server): State<Shared>, request: Request) -> Response {
    let mut server = lock(&server);
    let open = request.uri().path() == "/open";
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().expect("ASCII"));
    assert!(!open || bearer.is_none(), "a credential goes where none is wanted");
    let wanted = if request.method() == "POST" {
        "read write"
    } else {
        "read"
    };
    let good = bearer.and_then(|value| server.tokens.get(value.strip_prefix("Bearer ")?));
    let good = good.is_some_and(|(scopes, until)| scopes == wanted && Instant::now() < *until);
    let status = match (open || good, request.method().as_str()) {
        (false, _) => StatusCode::UNAUTHORIZED,
        (true, "POST") => StatusCode::CREATED,
        (true, _) => StatusCode::OK,
    };
    let line = format!("{} {} {}", request.method(), request.uri().path(), status.as_u16());
    server.log.push(line);
    (status, Json(json!({ "count": 3 }))).into_response()
}

async fn serve(lifetime: Duration) -> (Shared, String) {
    let server = Arc::new(Mutex::new(Server {
        lifetime,
        tokens: HashMap::new(),
        issued: 0,
        log: Vec::new(),
    }));
    let app = Router::new()
        .route("/token", post(token))
        .route("/things", get(things).post(things))
        .route("/open", get(things))
        .with_state(Arc::clone(&server));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, url)
}

fn client(url: &str, secret: &str) -> Client {
    let credential = ClientCredentials::new("id", secret).token_url(format!("{url}/token"));
    Client::builder()
        .source("things", |api| api.base_url(url).credential(credential))
        .build()
        .expect("the client is complete")
}

fn log(server: &Shared) -> Vec<String> {
    std::mem::take(&mut lock(server).log)
}

#[tokio::test]
async fn one_token_serves_many_steps_and_runs() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let client = client(&url, "hush hush");
    let read = ["GET /things 200", "GET /open 200", "GET /things 200", "GET /things 200"];
    let outputs = read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    assert_eq!(outputs.count, 3);
    assert_eq!(log(&server), [&["token read"][..], &read].concat());
    read_thrice(&client.clone(), read_thrice::Inputs::new()).await.unwrap();
    assert_eq!(log(&server), read);
    // Other scopes need another token.
    add(&client, add::Inputs::new()).await.unwrap();
    assert_eq!(log(&server), ["token read write", "POST /things 201"]);
}

#[tokio::test]
async fn runs_at_the_same_time_ask_once() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let client = client(&url, "hush hush");
    let run = || read_thrice(&client, read_thrice::Inputs::new());
    let (first, second, third) = tokio::join!(run(), run(), run());
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(log(&server).iter().filter(|line| line.starts_with("token")).count(), 1);
}

#[tokio::test]
async fn an_expired_token_is_replaced_once() {
    let (server, url) = serve(Duration::from_secs(2)).await;
    let client = client(&url, "hush hush");
    read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    let log = log(&server);
    assert_eq!(
        log.iter().filter(|line| line.starts_with("token")).count(),
        2,
        "{log:?}"
    );
    assert!(!log.iter().any(|line| line.ends_with("401")), "{log:?}");
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_replaced_once() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let client = client(&url, "hush hush");
    read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    lock(&server).tokens.clear();
    log(&server);
    read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    assert_eq!(log(&server)[..3], ["GET /things 401", "token read", "GET /things 200"]);
    // What is refused again is the answer.
    lock(&server).lifetime = Duration::from_secs(0);
    lock(&server).tokens.clear();
    log(&server);
    let error = read_thrice(&client, read_thrice::Inputs::new()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401), "{error}");
    assert_eq!(log(&server), ["GET /things 401", "token read", "GET /things 401"]);
}

#[tokio::test]
async fn a_refused_client_is_told_so() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let error = read_thrice(&client(&url, "wrong"), read_thrice::Inputs::new())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MissingCredential), "{error}");
    let text = error.to_string();
    assert!(text.contains("401") && text.contains("invalid_client"), "{text}");
    assert_eq!(log(&server), ["token refused"]);
}

/// Neither the secret nor a token is in anything that can be shown or stored.
#[tokio::test]
async fn nothing_secret_is_told() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let client = client(&url, "hush hush");
    let mut run = read_thrice::Run::new(read_thrice::Inputs::new());
    let outputs = run.finish(&client).await.unwrap();
    assert_eq!(outputs.token, None, "expressions do not see it");
    lock(&server).tokens.clear();
    lock(&server).lifetime = Duration::from_secs(0);
    let error = read_thrice(&client, read_thrice::Inputs::new()).await.unwrap_err();
    let stored = serde_json::to_string(&run).unwrap();
    let parked = serde_json::to_string(error.run()).unwrap();
    for text in [
        format!("{client:?}"),
        format!("{error:?} {error}"),
        format!("{run:?} {outputs:?}"),
        stored,
        parked,
    ] {
        assert!(!text.contains("tok-") && !text.contains("hush"), "{text}");
    }
}

/// Who has a token already gives it as one.
#[tokio::test]
async fn a_bearer_token_fits_too() {
    let (server, url) = serve(Duration::from_secs(3600)).await;
    let until = Instant::now() + Duration::from_secs(60);
    lock(&server)
        .tokens
        .insert(String::from("mine"), (String::from("read"), until));
    let client = Client::builder()
        .source("things", |api| {
            api.base_url(&url).scheme("oauth", Credential::bearer("mine"))
        })
        .build()
        .unwrap();
    read_thrice(&client, read_thrice::Inputs::new()).await.unwrap();
    assert_eq!(log(&server).len(), 4);
}

/// Without a server the description's own token endpoint shows up.
#[tokio::test]
async fn the_description_says_where_tokens_come_from() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let client = Client::builder()
        .transport(move |request: arazzo::http::Request<arazzo::Bytes>| {
            seen.lock().unwrap().push(request.uri().to_string());
            async { arazzo::http::Response::builder().status(503).body(arazzo::Bytes::new()) }
        })
        .source("things", |api| {
            api.base_url("http://things.test")
                .credential(ClientCredentials::new("id", "hush hush").in_body())
        })
        .build()
        .unwrap();
    let error = add(&client, add::Inputs::new()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Transport), "{error}");
    assert_eq!(*asked.lock().unwrap(), ["https://login.test/token"]);
}
