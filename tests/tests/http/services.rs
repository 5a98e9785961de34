//! Services of tower as transports, and the other way round.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arazzo::http::Request;
use arazzo::tower::{ServiceTransport, TransportService};
use arazzo::{BoxError, Bytes, Client, ConnectError, Credential, Error, ErrorKind, Transport};
use axum::Router;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::routing::get;
use tower::{ServiceBuilder, ServiceExt as _};

mod keys {
    arazzo::arazzo_workflow!("language/keys.yml");
}
use keys::all;

/// The router takes another body than a transport has.
macro_rules! service {
    () => {
        router().map_request(|request: Request<Bytes>| request.map(Body::from))
    };
}

fn router() -> Router {
    let empty = || async { "{}" };
    let query = |RawQuery(query): RawQuery| async move { query.unwrap_or_default() };
    Router::new()
        .route("/open", get(empty))
        .route("/header", get(empty))
        .route("/query", get(query))
}

async fn run<T: Transport>(transport: T, bytes: usize) -> Result<(), Error> {
    let client = Client::builder()
        .source("keys", |api| api.credential(Credential::api_key("k")))
        .max_response_bytes(bytes)
        .transport(transport)
        .build()?;
    all(&client, all::Inputs::new()).await?;
    Ok(())
}

#[tokio::test]
async fn a_router_is_a_transport() {
    let transport = ServiceTransport::new(service!());
    run(transport.clone(), 1000).await.unwrap();
    // The last answer is `page=2&key=k`.
    run(transport.clone(), 12).await.unwrap();
    let error = run(transport, 11).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Response, Some("query")));
}

#[tokio::test]
async fn layers_see_every_request() {
    let seen = Arc::<AtomicUsize>::default();
    let counted = seen.clone();
    let inner = ServiceTransport::new(service!());
    let layered = ServiceBuilder::new()
        .concurrency_limit(1)
        .map_request(move |request: Request<Bytes>| {
            // What a layer can know about the step.
            assert!(request.extensions().get::<arazzo::Attempt>().is_some());
            counted.fetch_add(1, Ordering::SeqCst);
            request
        })
        .service(TransportService::new(inner));
    run(ServiceTransport::new(layered), 1000).await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_service_says_whether_something_was_sent() {
    let refusing = tower::service_fn(|_: Request<Bytes>| async {
        Err::<arazzo::http::Response<String>, BoxError>(ConnectError::new("the pool is closed").into())
    });
    let error = run(ServiceTransport::new(refusing), 1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.may_have_been_sent());
    assert!(
        format!("{error:#}").contains("the server could not be reached: the pool is closed"),
        "{error:#}"
    );
    let failing = tower::service_fn(|_: Request<Bytes>| async {
        Err::<arazzo::http::Response<String>, _>(BoxError::from("reset"))
    });
    let error = run(ServiceTransport::new(failing), 1000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.may_have_been_sent());
}
