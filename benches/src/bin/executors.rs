//! The Stytch workflow over sockets, compiled, by hand, and by executors that read the document at run time: the processor
//! time of a whole process with one run (cold), and of each further run (warm).
//!
//! ```sh
//! python3 -m venv runner && runner/bin/pip install arazzo-runner==0.9.6
//! npm install --prefix respect @redocly/respect-core@2.37.0 @redocly/openapi-core@2.64.0
//! ARAZZO_RUNNER=runner/bin/python RESPECT=respect cargo run --release --bin executors
//! ```
//!
//! Processor time, because other processes of the machine do not count. Linux only.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use arazzo_benches::enrolment::{self, by_hand, interpreted};
use arazzo_benches::served;

const DOCUMENT: &str = include_str!("../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml");
const DESCRIPTION: &str = include_str!("../../../examples/stytch-totp/stytch-consumer-openapi.yml");
const ARAZZO_RUNNER: &str = include_str!("../../build/arazzo_runner.py");
const RESPECT: &str = include_str!("../../build/respect.mjs");

/// Processes of a kind; the median counts.
const PROCESSES: usize = 5;

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Does all runs of a process.
fn runs(side: &str, url: &str, count: u32) {
    match side {
        "compiled" => block_on(async {
            let client = enrolment::client_at(url);
            for _ in 0..count {
                std::hint::black_box(enrolment::compiled(&client).await);
            }
        }),
        "by hand" => block_on(async {
            let stytch = by_hand::Stytch::at(url);
            for _ in 0..count {
                std::hint::black_box(stytch.enrol().await);
            }
        }),
        _ => {
            let loaded = interpreted::load_for(url);
            let mut sockets = interpreted::Sockets::new();
            for _ in 0..count {
                std::hint::black_box(interpreted::run_over(&loaded, &mut sockets));
            }
        }
    }
    let spent = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    println!("{}", spent.split(' ').next().unwrap_or_default());
}

/// The milliseconds that a process has spent, by its last line.
fn spent(command: &mut Command) -> f64 {
    let output = command.output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let nanoseconds: f64 = said.trim().parse().expect("a number");
    nanoseconds / 1e6
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Cold and warm, in milliseconds.
fn measure(further: u32, process: &dyn Fn(u32) -> Command) -> (f64, f64) {
    let cold = median((0..PROCESSES).map(|_| spent(&mut process(1))).collect());
    let many = median((0..PROCESSES).map(|_| spent(&mut process(1 + further))).collect());
    (cold, (many - cold) / f64::from(further))
}

fn write(directory: &Path, url: &str) -> std::io::Result<()> {
    std::fs::create_dir(directory.join("arazzo"))?;
    std::fs::create_dir(directory.join("openapi"))?;
    std::fs::write(directory.join("arazzo/workflow.yml"), DOCUMENT)?;
    let description = DESCRIPTION
        .replace("https://api.stytch.com", url)
        .replace("https://test.stytch.com", url);
    std::fs::write(directory.join("openapi/stytch-consumer-openapi.yml"), description)?;
    std::fs::write(directory.join("run.py"), ARAZZO_RUNNER)
}

fn table() {
    let own = std::env::current_exe().expect("this program");
    let mut server = Command::new(&own)
        .arg("server")
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut url = String::new();
    let said = server.stdout.as_mut().expect("its output");
    std::io::BufReader::new(said).read_line(&mut url).expect("a line");
    let url = url.trim();

    println!(
        "{:48} {:>10} {:>12}",
        "milliseconds of processor time", "cold", "a further run"
    );
    let show = |what: &str, (cold, warm): (f64, f64)| println!("{what:48} {cold:>10.2} {warm:>12.3}");
    for (side, further) in [("by hand", 3000), ("compiled", 3000), ("roas-arazzo-executor", 500)] {
        let process = |count: u32| {
            let mut command = Command::new(&own);
            command.args([side, url, &count.to_string()]);
            command
        };
        show(side, measure(further, &process));
    }
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), url).expect("files");
    let workflow = directory.path().join("arazzo/workflow.yml");
    if let Some(python) = std::env::var_os("ARAZZO_RUNNER") {
        let process = |count: u32| {
            let mut command = Command::new(&python);
            command
                .arg(directory.path().join("run.py"))
                .arg(&workflow)
                .arg(count.to_string())
                .env("STYTCHCONSUMERAPI_USERNAME", "project")
                .env("STYTCHCONSUMERAPI_PASSWORD", "secret");
            command
        };
        show("arazzo-runner", measure(100, &process));
    } else {
        println!("SKIPPED: ARAZZO_RUNNER does not name a Python that has arazzo-runner");
    }
    if let Some(installed) = std::env::var_os("RESPECT") {
        // A module finds others from its own directory.
        let script = Path::new(&installed).join("run.mjs");
        std::fs::write(&script, RESPECT).expect("a script");
        let process = |count: u32| {
            let mut command = Command::new("node");
            command.arg(&script).arg(&workflow).arg(count.to_string());
            command
        };
        show("Respect", measure(50, &process));
    } else {
        println!("SKIPPED: RESPECT does not name a directory with the modules of Respect");
    }
    let _ = server.kill().and_then(|()| server.wait());
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => table(),
        ["server"] => served::server(16),
        [side, url, count] => runs(side, url, count.parse().unwrap_or(1)),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}
