//! A minimal browser for these pages: it has a cookie and sends forms.

use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};

/// Time limit for every request.
const PATIENCE: Duration = Duration::from_secs(30);

/// A visitor who enrols.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    /// The URL of the program.
    pub url: String,
    /// The cookie, as `name=value`.
    pub cookie: Option<String>,
}

/// A response.
pub struct Page {
    /// The status.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    /// Every header.
    pub headers: HeaderMap,
    /// The HTML.
    pub text: String,
}

impl Visitor {
    /// A new visitor without a cookie.
    pub fn new(url: &str) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE);
        Self {
            client: client.build().unwrap(),
            url: url.to_owned(),
            cookie: None,
        }
    }

    /// The counter in the cookie.
    pub fn counter(&self) -> u64 {
        let cookie = self.cookie.as_ref().unwrap();
        cookie.rsplit_once('.').unwrap().1.parse().unwrap()
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Sends a form, as if from a page of the program.
    pub async fn submit(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let request = self.form(path, form).header(ORIGIN, &self.url);
        self.send(request).await
    }

    /// Sends a form, and follows the redirect in the response.
    pub async fn go(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let page = self.submit(path, form).await;
        assert_eq!(page.status, 303, "{}", page.text);
        self.open(&page.location.unwrap()).await
    }

    /// Sends a form, and closes the connection before the response, as soon as `seen` returns true.
    pub async fn submit_and_leave(&self, path: &str, form: &[(&str, &str)], seen: impl Fn() -> bool) {
        let request = self.form(path, form).header(ORIGIN, &self.url);
        let request = request.header(COOKIE, self.cookie.clone().unwrap());
        let answer = tokio::spawn(request.send());
        let started = Instant::now();
        while !seen() {
            assert!(started.elapsed() < PATIENCE, "`seen` did not become true in time");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!answer.is_finished(), "the response arrived before that");
        answer.abort();
    }

    /// A form without an origin.
    pub fn form(&self, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        self.client
            .request(Method::POST, format!("{}{path}", self.url))
            .form(form)
    }

    /// Sends a request with the cookie, and stores the cookie of the response.
    pub async fn send(&mut self, mut request: RequestBuilder) -> Page {
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        if let Some(cookie) = text(SET_COOKIE) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Page {
            status,
            location: text(LOCATION),
            text: answer.text().await.unwrap(),
            headers,
        }
    }
}

impl Page {
    /// Returns whether the page shows this text, ignoring markup.
    pub fn shows(&self, text: &str) -> bool {
        let mut shown = String::new();
        let mut outside = true;
        for letter in self.text.chars() {
            match letter {
                '<' => outside = false,
                '>' => outside = true,
                letter if outside => shown.push(letter),
                _ => {}
            }
        }
        shown.contains(text)
    }

    /// Returns the content of the element with this id, without markup.
    pub fn element(&self, id: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("id=\"{id}\"")).unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        let (inner, _) = rest.split_once("</code>").unwrap();
        inner.replace("<span>", "").replace("</span>", "")
    }
}
