//! A WebSocket server: what one client sends to a path goes to all others there.
//!
//! Arguments: the port; to demand TLS and a token, the files of the certificate and of its key, and the token.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;

type Paths = Arc<Mutex<BTreeMap<String, Vec<(usize, UnboundedSender<Message>)>>>>;

fn acceptor(certificate: &str, key: &str) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(certificate).expect("a file");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).expect("a pair")))
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    number: usize,
    paths: Paths,
    token: Option<String>,
) {
    let mut path = String::new();
    let (sender, mut receiver) = unbounded_channel();
    #[allow(clippy::result_large_err, reason = "the type is tungstenite's")]
    let seen = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        let given = request.headers().get("authorization");
        if token.is_some_and(|token| given.is_none_or(|given| given.as_bytes() != format!("Bearer {token}").as_bytes()))
        {
            let mut refused = ErrorResponse::new(None);
            *refused.status_mut() = StatusCode::UNAUTHORIZED;
            return Err(refused);
        }
        // Before the client knows that it is connected: what is sent from then on is for it.
        let mut paths = paths.lock().unwrap();
        paths.entry(path.clone()).or_default().push((number, sender));
        Ok(response)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, seen).await else {
        return;
    };
    let (mut sink, mut stream) = socket.split();
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = stream.next().await {
        if message.is_text() || message.is_binary() {
            for (other, sender) in paths.lock().unwrap().get(&path).into_iter().flatten() {
                if *other != number {
                    let _ = sender.send(message.clone());
                }
            }
        }
    }
    paths
        .lock()
        .unwrap()
        .entry(path)
        .or_default()
        .retain(|(other, _)| *other != number);
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port: u16 = arguments.first().and_then(|port| port.parse().ok()).expect("a port");
    let secured = match &arguments[1..] {
        [certificate, key, token] => Some((acceptor(certificate, key), token.clone())),
        _ => None,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a listener");
    let paths = Paths::default();
    for number in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let (paths, secured) = (Arc::clone(&paths), secured.clone());
        tokio::spawn(async move {
            match secured {
                Some((acceptor, token)) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, number, paths, Some(token)).await;
                    }
                }
                None => serve(stream, number, paths, None).await,
            }
        });
    }
}
