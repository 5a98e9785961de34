//! Ten thousand runs at once over real sockets, against the same calls by hand: in pairs, the
//! median of the ratios of their throughput.
//!
//! ```sh
//! cargo run --release --bin crowd        # five pairs; a number asks for more
//! ```
//!
//! Server and client are processes of their own, each with as many open sockets as there are runs:
//! `ulimit -n` has to allow that.

use std::io::BufRead as _;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use arazzo_benches::enrolment::{self, by_hand};
use arazzo_benches::served;

const RUNS: u32 = 10_000;

/// Rounds of a client: the first opens the connections and does not count.
const ROUNDS: u32 = 4;

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().expect("a runtime")
}

async fn crowd<F: Future + Send + 'static>(run: impl Fn() -> F) -> f64
where
    F::Output: Send,
{
    let mut best = f64::MAX;
    for round in 0..ROUNDS {
        let start = Instant::now();
        let tasks: Vec<_> = (0..RUNS).map(|_| tokio::spawn(run())).collect();
        for task in tasks {
            task.await.expect("a run");
        }
        if round > 0 {
            best = best.min(start.elapsed().as_secs_f64());
        }
    }
    f64::from(RUNS) / best
}

fn client(side: &str, url: &str) {
    let throughput = runtime().block_on(async {
        if side == "compiled" {
            let client = enrolment::client_at(url);
            crowd(|| {
                let client = client.clone();
                async move { enrolment::compiled(&client).await }
            })
            .await
        } else {
            let stytch = Arc::new(by_hand::Stytch::at(url));
            crowd(|| {
                let stytch = Arc::clone(&stytch);
                async move { stytch.enrol().await }
            })
            .await
        }
    });
    println!("{throughput}");
}

fn start(arguments: &[&str]) -> (Child, String) {
    let own = std::env::current_exe().expect("this program");
    let child = Command::new(own).args(arguments).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("a process");
    let mut said = String::new();
    let out = child.stdout.as_mut().expect("its output");
    std::io::BufReader::new(out).read_line(&mut said).expect("a line");
    (child, said.trim().to_owned())
}

fn throughput(side: &str) -> f64 {
    let (mut server, url) = start(&["server"]);
    let (mut client, said) = start(&[side, &url]);
    let done = client.wait().expect("an end").success();
    server.kill().and_then(|()| server.wait()).expect("an end");
    assert!(done, "{side} failed");
    said.parse().expect("a number")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server"] => served::server(RUNS),
        [side, url] => client(side, url),
        ref other => {
            let pairs = other.first().and_then(|text| text.parse().ok()).unwrap_or(5);
            let mut ratios = Vec::new();
            for pair in 0..pairs {
                // Whoever is first finds another machine than whoever is second.
                let order = if pair % 2 == 0 {
                    ["compiled", "by hand"]
                } else {
                    ["by hand", "compiled"]
                };
                let first = throughput(order[0]);
                let second = throughput(order[1]);
                let (compiled, by_hand) = if pair % 2 == 0 {
                    (first, second)
                } else {
                    (second, first)
                };
                println!("compiled {compiled:.0} runs a second, by hand {by_hand:.0}");
                ratios.push(compiled / by_hand);
            }
            ratios.sort_by(f64::total_cmp);
            println!("median of the ratios: {:.3}; goal 1.00", ratios[ratios.len() / 2]);
        }
    }
    ExitCode::SUCCESS
}
