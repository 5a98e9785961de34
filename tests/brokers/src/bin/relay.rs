//! A WebSocket server: what one client sends to a path goes to all others there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

type Paths = Arc<Mutex<BTreeMap<String, Vec<(usize, UnboundedSender<Message>)>>>>;

#[tokio::main]
async fn main() {
    let port: u16 = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a listener");
    let paths = Paths::default();
    for number in 0.. {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let paths = Arc::clone(&paths);
        tokio::spawn(async move {
            let mut path = String::new();
            #[allow(clippy::result_large_err, reason = "the type is tungstenite's")]
            let seen = |request: &Request, response: Response| {
                request.uri().path().clone_into(&mut path);
                Ok(response)
            };
            let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, seen).await else {
                return;
            };
            let (mut sink, mut stream) = socket.split();
            let (sender, mut receiver) = unbounded_channel();
            paths
                .lock()
                .unwrap()
                .entry(path.clone())
                .or_default()
                .push((number, sender));
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
        });
    }
}
