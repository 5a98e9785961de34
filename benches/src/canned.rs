//! A service in the same process: what comes back is ready, so that only the caller's work counts.

use arazzo::{BoxError, Transport};
use bytes::Bytes;
use http::{Request, Response, StatusCode};

/// Answers by the path of a request; every other status than 200 would be a mistake of the bench.
#[derive(Clone)]
pub struct Canned {
    answers: Vec<(&'static str, Bytes)>,
}

impl Canned {
    /// A service with these answers.
    pub fn new(answers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let answers = answers.into_iter();
        Self {
            answers: answers.map(|(path, body)| (path, Bytes::from(body))).collect(),
        }
    }

    /// What both sides call in the end.
    pub async fn execute(&self, request: reqwest::Request) -> (StatusCode, Bytes) {
        let found = self.answers.iter().find(|(path, _)| *path == request.url().path());
        match found {
            Some((_, body)) => (StatusCode::OK, body.clone()),
            None => (StatusCode::NOT_FOUND, Bytes::new()),
        }
    }

    /// The answer for a path.
    pub fn body(&self, path: &str) -> &Bytes {
        let found = self.answers.iter().find(|(known, _)| *known == path);
        &found.expect("a path of the bench").1
    }
}

impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        // As the transport on reqwest does.
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from))?;
        let (status, body) = self.execute(request).await;
        let response = Response::builder()
            .status(status)
            .header("content-type", "application/json");
        Ok(response.body(body)?)
    }
}
