//! Real sockets.

use super::*;

/// A server that hears the second request and says nothing until whoever has sent it is gone. Each request that it hears
/// is told.
fn hesitating() -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time");
            let mut request = Vec::new();
            let mut byte = [0];
            let head = loop {
                if stream.read_exact(&mut byte).is_err() {
                    return;
                }
                request.push(byte[0]);
                if request.ends_with(b"\r\n\r\n") {
                    break String::from_utf8_lossy(&request).to_ascii_lowercase();
                }
            };
            let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
                rest.split_once("\r\n").expect("a line").0.parse().expect("a length")
            });
            let mut body = vec![0; length];
            stream.read_exact(&mut body).expect("a body");
            let line = String::from_utf8_lossy(&request)
                .split(" HTTP")
                .next()
                .map(str::to_owned);
            if tell.send(line.expect("a line")).is_err() {
                return;
            }
            if number == 1 {
                // Closed by whoever does not wait any more, or never.
                while matches!(stream.read(&mut byte), Ok(read) if read > 0) {}
                continue;
            }
            let body = format!("{{\"value\":\"v{number}\"}}");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, told)
}

fn socket_client(url: &str) -> Client {
    let builder = Client::builder().source("counter", |api| api.base_url(url));
    builder.build().expect("the client is complete")
}

/// Finishes a run that was cut off in its second step, in another process as it were.
async fn finishes(
    run: flows::plain::Run,
    client: Client,
    mut told: tokio::sync::mpsc::UnboundedReceiver<String>,
    mut heard: Vec<String>,
) {
    assert_eq!(run.step(), Some(flows::plain::Step::Read));
    let stored = serde_json::to_string(&run).expect("a run can be stored");
    let mut run: flows::plain::Run = serde_json::from_str(&stored).expect("a stored run can be read");
    let outputs = run.finish(&client).await.expect("the server answers");
    assert_eq!(
        (outputs.made.as_str(), outputs.read.as_str(), outputs.written.as_str()),
        ("v0", "v2", "v3")
    );
    while let Ok(line) = told.try_recv() {
        heard.push(line);
    }
    assert_eq!(
        heard,
        ["POST /things", "GET /things/v0", "GET /things/v0", "PUT /things/v2"]
    );
}

#[tokio::test]
async fn a_timeout_around_a_run() {
    let (url, told) = hesitating();
    let client = socket_client(&url);
    let mut run = flows::plain::Run::fresh();
    let limit = Duration::from_millis(500);
    assert!(tokio::time::timeout(limit, run.finish(&client)).await.is_err());
    finishes(run, client, told, Vec::new()).await;
}

#[tokio::test]
async fn a_select_over_a_run() {
    let (url, mut told) = hesitating();
    let client = socket_client(&url);
    let mut run = flows::plain::Run::fresh();
    let mut heard = Vec::new();
    tokio::select! {
        result = run.finish(&client) => panic!("nobody has answered: {result:?}"),
        () = async {
            while heard.len() < 2 {
                heard.push(told.recv().await.expect("the server hears"));
            }
        } => {}
    }
    finishes(run, client, told, heard).await;
}

/// A task that carries a run on for somebody, and is aborted when he leaves.
#[tokio::test]
async fn a_task_that_is_aborted() {
    let (url, mut told) = hesitating();
    let client = socket_client(&url);
    let run = Arc::new(tokio::sync::Mutex::new(flows::plain::Run::fresh()));
    let task = tokio::spawn({
        let (run, client) = (Arc::clone(&run), client.clone());
        async move { run.lock().await.finish(&client).await.map(|_| ()) }
    });
    let heard = vec![
        told.recv().await.expect("a request"),
        told.recv().await.expect("a request"),
    ];
    task.abort();
    assert!(task.await.expect_err("it was aborted").is_cancelled());
    let run = run.lock().await.clone();
    finishes(run, client, told, heard).await;
}
