use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A proxy that responds to the first request with 429, and forwards all others.
pub struct Busy {
    pub url: String,
    answers: Arc<Mutex<Vec<(u16, Instant)>>>,
    task: JoinHandle<()>,
}

impl Busy {
    /// Starts a proxy for `target`.
    pub async fn start(target: &str, retry_after: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: Arc<Mutex<Vec<(u16, Instant)>>> = Arc::default();
        let (log, target) = (Arc::clone(&answers), target.to_owned());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let router = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let first = log.lock().unwrap().is_empty();
            let response = if first {
                (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, retry_after.to_string())]).into_response()
            } else {
                forward(&client, &format!("{target}{uri}"), &headers, body).await
            };
            log.lock().unwrap().push((response.status().as_u16(), Instant::now()));
            response
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, answers, task }
    }

    /// The status and the time of each response.
    pub fn answers(&self) -> Vec<(u16, Instant)> {
        self.answers.lock().unwrap().clone()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(client: &reqwest::Client, url: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let request = client
        .post(url)
        .header(AUTHORIZATION, &headers[AUTHORIZATION])
        .header(CONTENT_TYPE, &headers[CONTENT_TYPE])
        .body(body);
    let response = request.send().await.unwrap();
    let (status, content_type) = (response.status(), response.headers()[CONTENT_TYPE].clone());
    (status, [(CONTENT_TYPE, content_type)], response.bytes().await.unwrap()).into_response()
}
