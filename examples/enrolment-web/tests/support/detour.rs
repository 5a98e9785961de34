//! A proxy for the service, which can fail or delay requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Forwards requests to the service.
pub struct Detour {
    /// The URL where it listens.
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    service: String,
    client: reqwest::Client,
    blocked: Mutex<Option<&'static str>>,
    pause: Mutex<Duration>,
}

impl Detour {
    /// Starts a proxy for the service at this URL. At first it forwards every request.
    pub async fn to(service: &str) -> Self {
        let shared = Arc::new(Shared {
            service: service.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            blocked: Mutex::default(),
            pause: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Self { url, shared }
    }

    /// Responds to requests to this path with 503 from now on.
    pub fn block(&self, path: impl Into<Option<&'static str>>) {
        *self.shared.blocked.lock().unwrap() = path.into();
    }

    /// Delays every response by this time from now on.
    #[allow(dead_code, reason = "the browser needs no slow service")]
    pub fn slow_down(&self, pause: Duration) {
        *self.shared.pause.lock().unwrap() = pause;
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if *shared.blocked.lock().unwrap() == Some(path.as_str()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    headers.remove("host");
    let answer = shared
        .client
        .request(parts.method, format!("{}{path}", shared.service))
        .headers(headers)
        .body(to_bytes(body, usize::MAX).await.unwrap())
        .send()
        .await
        .unwrap();
    let pause = *shared.pause.lock().unwrap();
    tokio::time::sleep(pause).await;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body: Bytes = answer.bytes().await.unwrap();
    (status, headers, body).into_response()
}
