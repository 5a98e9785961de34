//! A service in the same process: what comes back is ready, so that only the caller's work counts.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arazzo::__private::Outgoing;
use arazzo::{BoxError, Transport};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};

/// Answers by the path of a request; every other status than 200 would be a mistake of the bench.
#[derive(Clone)]
pub struct Canned {
    answers: Vec<(&'static str, Answers)>,
}

/// The answers for one path, one after the other and again from the first.
#[derive(Clone)]
struct Answers {
    next: Arc<AtomicUsize>,
    bodies: Arc<[Bytes]>,
}

impl Answers {
    fn new(bodies: impl IntoIterator<Item = String>) -> Self {
        Self {
            next: Arc::default(),
            bodies: bodies.into_iter().map(Bytes::from).collect(),
        }
    }

    fn next(&self) -> Bytes {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.bodies[next % self.bodies.len()].clone()
    }
}

impl Canned {
    /// A service with these answers.
    pub fn new(answers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::cycling(answers.into_iter().map(|(path, body)| (path, vec![body])))
    }

    /// A service with several answers for a path.
    pub fn cycling(answers: impl IntoIterator<Item = (&'static str, Vec<String>)>) -> Self {
        let answers = answers.into_iter();
        Self {
            answers: answers.map(|(path, bodies)| (path, Answers::new(bodies))).collect(),
        }
    }

    /// What both sides call in the end; the response has a header, as any would.
    pub async fn execute(&self, request: reqwest::Request) -> Response<Bytes> {
        let found = self.answers.iter().find(|(path, _)| *path == request.url().path());
        let mut response = Response::new(match found {
            Some((_, answers)) => answers.next(),
            None => Bytes::new(),
        });
        if found.is_none() {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    /// The first answer for a path.
    pub fn body(&self, path: &str) -> &Bytes {
        let found = self.answers.iter().find(|(known, _)| *known == path);
        &found.expect("a path of the bench").1.bodies[0]
    }
}

impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from))?;
        Ok(self.execute(request).await)
    }

    // As the transport on reqwest does.
    fn dispatch(
        &self,
        outgoing: Box<Outgoing>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, BoxError>> + Send + '_>> {
        let request = outgoing.into_reqwest();
        Box::pin(async move { Ok(self.execute(request?).await) })
    }
}
