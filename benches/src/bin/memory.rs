//! Counts the bytes on the heap: of runs that wait for an answer, and beyond a body of which one
//! scalar is read.
//!
//! ```sh
//! cargo run --release --bin memory
//! ```

use std::pin::Pin;
use std::process::{Command, ExitCode};

use arazzo::__private::Outgoing;
use arazzo::{BoxError, Transport};
use arazzo_benches::{enrolment, one_scalar};
use bytes::Bytes;
use http::{Request, Response};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// A service that never answers, over the type of request that reqwest sends.
struct Silent;

impl Transport for Silent {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let _waiting = reqwest::Request::try_from(request.map(reqwest::Body::from))?;
        std::future::pending().await
    }

    // As the transport on reqwest does.
    fn dispatch(
        &self,
        outgoing: Box<Outgoing>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, BoxError>> + Send + '_>> {
        let waiting = outgoing.into_reqwest();
        Box::pin(async move {
            if let Err(error) = &waiting {
                return Err(error.to_string().into());
            }
            std::future::pending().await
        })
    }
}

const RUNS: u64 = 10_000;

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

/// Bytes of what is alive once so many tasks wait.
async fn waiting<F: Future + Send + 'static>(task: impl Fn() -> F) -> u64
where
    F::Output: Send,
{
    let profiler = dhat::Profiler::builder().testing().build();
    let tasks: Vec<_> = (0..RUNS).map(|_| tokio::spawn(task())).collect();
    // The scheduler polls only some of the tasks before it returns to this one.
    for _ in 0..RUNS {
        tokio::task::yield_now().await;
    }
    let bytes = dhat::HeapStats::get().curr_bytes as u64;
    drop(profiler);
    assert!(tasks.iter().all(|task| !task.is_finished()));
    bytes / RUNS
}

/// Runs that wait for a person, in memory.
const PAUSED: u64 = 100_000;

/// Bytes of a run that waits for its last input, with the inputs and outputs that it keeps.
async fn paused(client: &arazzo::Client<arazzo_benches::canned::Canned>) -> u64 {
    let mut runs = Vec::with_capacity(usize::try_from(PAUSED).expect("few runs"));
    enrolment::paused(client).await;
    let profiler = dhat::Profiler::builder().testing().build();
    for _ in 0..PAUSED {
        runs.push(enrolment::paused(client).await);
    }
    let bytes = dhat::HeapStats::get().curr_bytes as u64 / PAUSED;
    drop(profiler);
    bytes + std::mem::size_of_val(&runs[0]) as u64
}

/// The most bytes that were alive at once.
async fn peak<F: Future>(task: F) -> u64 {
    let profiler = dhat::Profiler::builder().testing().build();
    std::hint::black_box(task.await);
    let bytes = dhat::HeapStats::get().max_bytes as u64;
    drop(profiler);
    bytes
}

fn case(name: &str) -> Option<u64> {
    Some(match name {
        "waiting/compiled" => block_on(async {
            let client = std::sync::Arc::new(enrolment::client_over(Silent));
            waiting(|| {
                let client = std::sync::Arc::clone(&client);
                async move { enrolment::compiled(&client).await }
            })
            .await
        }),
        "waiting/by hand" => block_on(async {
            let stytch = std::sync::Arc::new(enrolment::by_hand::Stytch::unanswered());
            waiting(|| {
                let stytch = std::sync::Arc::clone(&stytch);
                async move { stytch.enrol().await }
            })
            .await
        }),
        "paused/compiled" => block_on(async {
            let client = enrolment::client();
            paused(&client).await
        }),
        "one scalar/compiled" => block_on(async {
            let client = one_scalar::client();
            one_scalar::compiled(&client).await;
            peak(one_scalar::compiled(&client)).await
        }),
        "one scalar/by hand" => block_on(async {
            let http = reqwest::Client::new();
            one_scalar::by_hand(&http).await;
            peak(one_scalar::by_hand(&http)).await
        }),
        _ => return None,
    })
}

fn main() -> ExitCode {
    if let Some(name) = std::env::args().nth(1) {
        let Some(bytes) = case(&name) else {
            eprintln!("there is no case `{name}`");
            return ExitCode::FAILURE;
        };
        println!("{bytes}");
        return ExitCode::SUCCESS;
    }
    let own = std::env::current_exe().expect("this program");
    let output = Command::new(own).arg("paused/compiled").output().expect("a case");
    assert!(output.status.success(), "{output:?}");
    let what = "bytes of one of 100,000 runs that wait for their last input";
    println!(
        "{what:64} compiled {:>8}",
        String::from_utf8_lossy(&output.stdout).trim()
    );
    for (what, of) in [
        ("bytes of one of 10,000 runs that wait for an answer", "waiting"),
        (
            "bytes at most beyond a body of 1 MB of which a scalar is read",
            "one scalar",
        ),
    ] {
        let bytes = ["compiled", "by hand"].map(|side| {
            // Each in a process of its own, which has allocated nothing else.
            let own = std::env::current_exe().expect("this program");
            let output = Command::new(own).arg(format!("{of}/{side}")).output().expect("a case");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        });
        println!("{what:64} compiled {:>8}, by hand {:>8}", bytes[0], bytes[1]);
    }
    ExitCode::SUCCESS
}
