//! Runs the Stytch stand-in until Ctrl-C.

#![forbid(unsafe_code)]

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::SystemTime;

use stytch_stand_in::{Exchange, Server};

const USAGE: &str = "\
A stand-in for three operations of Stytch's Consumer API, on the loopback interface.

Usage: stytch-stand-in [--port N]

  --port N    listen on this port; by default on any that is free
  --help      print this

The project id and the secret are random unless STYTCH_PROJECT_ID and
STYTCH_SECRET are both set.
";

enum Command {
    Help,
    Run { port: u16 },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match command(env::args().skip(1)) {
        Ok(Command::Help) => io::stdout().write_all(USAGE.as_bytes()),
        Ok(Command::Run { port }) => run(port).await,
        Err(message) => {
            eprintln!("stytch-stand-in: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stytch-stand-in: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut port = 0;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--port" => {
                let value = arguments.next().ok_or("--port needs a number")?;
                port = value.parse().map_err(|_| format!("{value:?} is not a port number"))?;
            }
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    Ok(Command::Run { port })
}

async fn run(port: u16) -> io::Result<()> {
    let mut builder = Server::builder().port(port).on_exchange(print);
    let given = (env::var("STYTCH_PROJECT_ID"), env::var("STYTCH_SECRET"));
    if let (Ok(project_id), Ok(secret)) = given {
        builder = builder.credentials(project_id, secret);
    }
    let server = builder.start().await?;

    writeln!(
        io::stdout(),
        "\
The Stytch stand-in is listening.

  URL         {url}
  project id  {project_id}
  secret      {secret}

Send requests to the URL with HTTP Basic credentials: the project id as the user
name, the secret as the password. To try it:

  curl -u '{project_id}:{secret}' --json '{{\"email\": \"ada@example.com\"}}' {url}/v1/users

Ctrl-C stops it. The exchanges:
",
        url = server.url(),
        project_id = server.project_id(),
        secret = server.secret(),
    )?;

    tokio::signal::ctrl_c().await?;
    server.stop().await
}

fn print(exchange: &Exchange) {
    let time = humantime::format_rfc3339_seconds(SystemTime::now());
    let Exchange {
        method, path, status, ..
    } = exchange;
    let reason = exchange.error_type.unwrap_or("ok");
    // The server goes on even when nobody reads its output any more.
    let _ = writeln!(io::stdout(), "{time} {method} {path} {status} {reason}");
}
