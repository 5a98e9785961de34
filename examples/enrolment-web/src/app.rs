//! The routes, the cookie, and the headers of every response.

use arazzo::BoxError;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, ORIGIN, REFERRER_POLICY, RETRY_AFTER,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::Markup;
use serde::Deserialize;

use crate::cookie::Cookie;
use crate::enrolments::{Enrolments, Outcome, report};
use crate::pages;
use crate::problem::Problem;
use crate::store::{Stored, UNFINISHED};
use crate::submission::Submission;
use crate::workflow::{Run, Step};

/// Maximum size of a form, in bytes. No form on these pages comes close to it.
const FORM_LIMIT: usize = 4096;

/// Headers of every response. The referrer is sent within the site: if it were turned off, browsers would also hide the
/// origin of forms.
const HEADERS: [(HeaderName, &str); 3] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// State that the handlers share.
#[derive(Clone)]
pub struct App {
    /// The enrolments.
    pub enrolments: Enrolments,
    /// The origin that browsers see, if it differs from the `Host` of their requests.
    pub origin: Option<String>,
}

/// An error of this program itself. The visitor sees a general message; the details go to stderr.
pub struct Failure(BoxError);

impl<E: Into<BoxError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        report(&*self.0);
        (StatusCode::INTERNAL_SERVER_ERROR, pages::broken()).into_response()
    }
}

/// Builds the routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/email", post(email))
        .route("/continue", post(go_on))
        .route("/code", get(show).post(code))
        .route("/done", get(show))
        .route("/restart", post(restart))
        .route("/style.css", get(style))
        .method_not_allowed_fallback(async || (StatusCode::METHOD_NOT_ALLOWED, pages::not_found()))
        .fallback(async || (StatusCode::NOT_FOUND, pages::not_found()))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(app.clone(), same_origin))
        .layer(from_fn(headers))
        .with_state(app)
}

#[derive(Deserialize)]
struct EmailForm {
    email: String,
}

#[derive(Deserialize)]
struct CodeForm {
    code: String,
}

/// Shows the page of the next step. Without an enrolment, the first page starts one.
async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(cookie) = app.cookie(&headers)
        && let Some(stored) = app.enrolments.load(&cookie).await?
    {
        let place = place(&stored.run);
        let answer = if uri.path() == place {
            pages::enrolment(&stored.run, None).into_response()
        } else {
            Redirect::to(place).into_response()
        };
        return Ok(app.answer(cookie, &stored, answer));
    }
    if uri.path() != "/" {
        return Ok(unknown());
    }
    let cookie = app.enrolments.begin().await?;
    Ok((app.keep(&cookie), pages::email(None, None)).into_response())
}

async fn email(
    state: State<App>,
    headers: HeaderMap,
    form: Result<Form<EmailForm>, FormRejection>,
) -> Result<Response, Failure> {
    match form {
        Ok(Form(form)) => submit(state, headers, Submission::email(&form.email)).await,
        Err(rejection) => Ok(unreadable(&rejection)),
    }
}

async fn go_on(state: State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    submit(state, headers, Submission::Continue).await
}

async fn code(
    state: State<App>,
    headers: HeaderMap,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Result<Response, Failure> {
    match form {
        Ok(Form(form)) => submit(state, headers, Submission::code(&form.code)).await,
        Err(rejection) => Ok(unreadable(&rejection)),
    }
}

/// Responds to an accepted submission with a redirect, so that reloading the next page does not send the form again.
/// Responds to a refused submission with the same form and the problem.
async fn submit(State(app): State<App>, headers: HeaderMap, submission: Submission) -> Result<Response, Failure> {
    let Some(cookie) = app.cookie(&headers) else {
        return Ok(unknown());
    };
    Ok(match app.enrolments.submit(cookie.clone(), submission).await? {
        Outcome::Unknown => unknown(),
        Outcome::Standing(stored) => {
            let answer = Redirect::to(place(&stored.run)).into_response();
            app.answer(cookie, &stored, answer)
        }
        Outcome::Refused(stored, problem) => {
            let answer = refused(problem, pages::enrolment(&stored.run, Some(problem)));
            app.answer(cookie, &stored, answer)
        }
    })
}

/// Removes the enrolment and its cookie. The counter is not checked, so that the visitor of a rolled-back run can start
/// over.
async fn restart(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(cookie) = app.cookie(&headers) {
        app.enrolments.remove(&cookie.id).await?;
    }
    Ok((app.set_cookie("", 0), Redirect::to("/")).into_response())
}

async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "max-age=300"),
    ];
    (headers, include_str!("style.css"))
}

/// Returns the path of the page for the next step.
fn place(run: &Run) -> &'static str {
    match run.step() {
        Some(Step::CreateUser | Step::CreateTotp) => "/",
        Some(Step::AuthenticateTotp) => "/code",
        None => "/done",
    }
}

fn refused(problem: Problem, page: Markup) -> Response {
    let mut response = (problem.status(), page).into_response();
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, pages::unknown()).into_response()
}

fn unreadable(rejection: &FormRejection) -> Response {
    (rejection.status(), pages::unreadable()).into_response()
}

impl App {
    /// With the prefix `__Host-`, which requires TLS, browsers accept the cookie only from this host.
    fn cookie_name(&self) -> &'static str {
        if self.is_secure() {
            "__Host-enrolment"
        } else {
            "enrolment"
        }
    }

    fn is_secure(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.starts_with("https:"))
    }

    /// Sets the cookie if the browser now sees a newer state of the run than its cookie has: after a change, and after
    /// a response that did not arrive.
    fn answer(&self, cookie: Cookie, stored: &Stored, answer: Response) -> Response {
        if stored.counter == cookie.seen {
            return answer;
        }
        let cookie = Cookie {
            seen: stored.counter,
            ..cookie
        };
        (self.keep(&cookie), answer).into_response()
    }

    /// Returns the header that sets the cookie for the lifetime of an unfinished run.
    fn keep(&self, cookie: &Cookie) -> [(HeaderName, String); 1] {
        self.set_cookie(&cookie.to_string(), UNFINISHED.as_secs())
    }

    /// The cookie is `Lax`, not `Strict`: a link from an e-mail must find the enrolment. `same_origin` protects every
    /// change.
    fn set_cookie(&self, value: &str, seconds: u64) -> [(HeaderName, String); 1] {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let name = self.cookie_name();
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        [(SET_COOKIE, cookie)]
    }

    /// Returns whether the form of this request was sent from one of these pages.
    fn sent(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match (&self.origin, text(ORIGIN), text(HOST)) {
            (Some(own), Some(origin), _) => origin == own,
            (None, Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
            _ => false,
        }
    }

    /// Returns the cookie of a request, if it is well-formed.
    fn cookie(&self, headers: &HeaderMap) -> Option<Cookie> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie_name())
            .and_then(|(_, value)| Cookie::parse(value))
    }
}

/// Accepts forms only from these pages. Browsers send `Origin` with every form.
async fn same_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || app.sent(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, pages::forbidden()).into_response()
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
