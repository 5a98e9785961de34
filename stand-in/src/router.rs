use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::app::App;
use crate::error::{Error, ErrorType};
use crate::exchange::Exchange;
use crate::payload::Payload;
use crate::request::{AuthenticateTotp, CreateTotp, CreateUser};
use crate::response::{Success, TotpAuthenticated, TotpCreated, UserCreated};

// Far beyond any request of these operations.
const BODY_LIMIT: usize = 1 << 20;

type Answer<T> = Result<Success<T>, Error>;

/// The routes, with credentials asked for on those that exist, and every
/// exchange recorded whether they exist or not.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/users", post(create_user))
        .route("/v1/totps", post(create_totp))
        .route("/v1/totps/authenticate", post(authenticate_totp))
        .route_layer(from_fn_with_state(Arc::clone(&app), authorize))
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .fallback(async || Error::RouteNotFound)
        .layer(from_fn_with_state(Arc::clone(&app), record))
        .with_state(app)
}

async fn create_user(State(app): State<Arc<App>>, Payload(request): Payload<CreateUser>) -> Answer<UserCreated> {
    let now = app.now();
    app.project().create_user(request, now).map(Success::new)
}

async fn create_totp(State(app): State<Arc<App>>, Payload(request): Payload<CreateTotp>) -> Answer<TotpCreated> {
    let now = app.now();
    app.project().create_totp(&request, now).map(Success::new)
}

async fn authenticate_totp(
    State(app): State<Arc<App>>,
    Payload(request): Payload<AuthenticateTotp>,
) -> Answer<TotpAuthenticated> {
    let now = app.now();
    app.project().authenticate_totp(&request, now).map(Success::new)
}

async fn authorize(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION);
    let authorized = header
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| app.credentials.match_header(value));
    if authorized {
        next.run(request).await
    } else {
        Error::UnauthorizedCredentials.into_response()
    }
}

async fn record(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (method, uri, headers) = (parts.method.clone(), parts.uri.clone(), parts.headers.clone());
    let (body, response) = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => {
            let request = Request::from_parts(parts, Body::from(body.clone()));
            (body, next.run(request).await)
        }
        Err(error) => {
            let refusal = Error::BadRequest(format!("The body cannot be read: {error}."));
            (Bytes::new(), refusal.into_response())
        }
    };
    let error_type = response.extensions().get().map(|&ErrorType(name)| name);
    app.record(Exchange::new(
        &method,
        &uri,
        &headers,
        &body,
        response.status(),
        error_type,
    ));
    response
}
