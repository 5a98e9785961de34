//! Many runs at the same time against a server that fails in every way: each ends, with outputs or with an error, and
//! afterwards the client works as before.
//!
//! `FAULTY_RUNS=10000` for the long version.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arazzo::{Client, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

mod hostile {
    arazzo::arazzo_workflow!("language/hostile/flow.yml");
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{\"text\":\"x\"}";

/// What a server can do to a client, one for each request in turn.
const FAULTS: [&[u8]; 14] = [
    OK,
    b"",
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"text\":",
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n{\"text\":\"x\"}",
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/1.1 500 Oh\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\n\x1b[2J",
    b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/1.1 999 Whatever\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"SLOW",
];

async fn serve(mut stream: TcpStream, count: Arc<AtomicU64>, healthy: Arc<AtomicBool>) {
    let mut buffer = [0; 4096];
    loop {
        let mut head: Vec<u8> = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(read) => head.extend(&buffer[..read]),
            }
        }
        let turn = usize::try_from(count.fetch_add(1, Ordering::Relaxed)).unwrap();
        // Every third one is well, so that some runs come to their end.
        let well = healthy.load(Ordering::Relaxed) || turn.is_multiple_of(3);
        let answer = if well { OK } else { FAULTS[turn * 5 % FAULTS.len()] };
        if answer == b"SLOW" {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return;
        }
        // What is not whole is followed by the end of the connection.
        if stream.write_all(answer).await.is_err() || (answer != OK && turn.is_multiple_of(2)) {
            return;
        }
    }
}

#[tokio::test]
async fn every_run_ends() {
    let runs: usize = std::env::var("FAULTY_RUNS").map_or(500, |text| text.parse().expect("a number"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (count, healthy) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (counted, health) = (Arc::clone(&count), Arc::clone(&healthy));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&counted), Arc::clone(&health)));
        }
    });
    let client = Client::builder()
        .timeout(Duration::from_secs(2))
        .source("api", |api| api.base_url(url))
        .build()
        .unwrap();
    let (mut done, mut failed) = (0, 0);
    // As many at once as there are sockets for.
    for batch in (0..runs).collect::<Vec<_>>().chunks(250) {
        let tasks: Vec<_> = batch
            .iter()
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { hostile::held(&client, hostile::held::Inputs::new()).await })
            })
            .collect();
        for task in tasks {
            match task.await.expect("no run panics") {
                Ok(_) => done += 1,
                Err(error) => {
                    failed += 1;
                    let expected = [
                        ErrorKind::Transport,
                        ErrorKind::Timeout,
                        ErrorKind::Criterion,
                        ErrorKind::Response,
                    ];
                    assert!(expected.contains(&error.kind()), "{error:?}");
                    assert!(!format!("{error} {error:?}").contains('\u{1b}'));
                }
            }
        }
    }
    println!(
        "{done} done, {failed} failed, {} requests",
        count.load(Ordering::Relaxed)
    );
    assert!(
        done > runs / 50 && failed > runs / 4 && done + failed == runs,
        "{done} {failed}"
    );
    healthy.store(true, Ordering::Relaxed);
    hostile::held(&client, hostile::held::Inputs::new()).await.unwrap();
}
