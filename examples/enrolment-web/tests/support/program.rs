//! Helpers for both tests: the program as a child process, and codes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::SystemTime;

use stytch_stand_in::{Server, totp_code};

/// Settings of a program that has not started yet. They stay the same after restarts.
pub struct Setup {
    directory: tempfile::TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Setup {
    /// A new directory, and the service at this URL.
    pub fn new(server: &Server, url: &str) -> Self {
        let mut setup = Self {
            directory: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
        };
        setup.set("STYTCH_PROJECT_ID", server.project_id());
        setup.set("STYTCH_SECRET", server.secret());
        setup.set("STYTCH_BASE_URL", url);
        setup.set("ENROLMENT_ADDRESS", "127.0.0.1:0");
        setup
    }

    /// Sets an environment variable.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.variables.insert(name, value.to_owned());
    }

    /// A file next to the database.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What the programs have written to stderr.
    pub fn complaints(&self) -> String {
        fs::read_to_string(self.file("stderr")).unwrap()
    }

    /// The program with these settings, and nothing else from this environment.
    pub fn command(&self) -> Command {
        let stderr = File::options().create(true).append(true).open(self.file("stderr"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_enrolment-web"));
        command
            .current_dir(self.directory.path())
            .env_clear()
            .envs(&self.variables)
            .stdout(Stdio::piped())
            .stderr(stderr.unwrap());
        command
    }

    /// Starts the program.
    pub fn start(&self) -> Program {
        let mut child = self.command().spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with("http://127.0.0.1:"), "{line:?} {}", self.complaints());
        Program {
            child,
            url: line.trim().to_owned(),
            _stdout: stdout,
        }
    }

    /// Kills the program before it can store anything, and starts it again at the same address.
    pub fn restart(&mut self, program: Program) -> Program {
        let address = program.url.strip_prefix("http://").unwrap().to_owned();
        drop(program);
        self.set("ENROLMENT_ADDRESS", &address);
        self.start()
    }
}

/// The running program. Dropping it kills it.
pub struct Program {
    child: Child,
    /// The URL where it listens.
    pub url: String,
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Sends Ctrl-C and waits for the end.
    #[cfg(unix)]
    pub fn interrupt(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code that the app shows now.
pub fn right(secret: &str) -> String {
    totp_code(secret, SystemTime::now()).unwrap()
}

/// A code that the app does not show now: its last digit is different.
pub fn wrong(secret: &str) -> String {
    let code = right(secret);
    let (head, last) = code.split_at(5);
    format!("{head}{}", (last.parse::<u8>().unwrap() + 5) % 10)
}

/// Path, status and error of every request that the service has received.
pub fn requests(server: &Server) -> Vec<(String, u16, Option<&'static str>)> {
    server
        .log()
        .into_iter()
        .map(|exchange| (exchange.path, exchange.status, exchange.error_type))
        .collect()
}

/// The requests of an enrolment with one wrong code: each step once, the last step twice.
pub fn enrolment_with_a_wrong_code() -> Vec<(String, u16, Option<&'static str>)> {
    vec![
        ("/v1/users".to_owned(), 200, None),
        ("/v1/totps".to_owned(), 200, None),
        (
            "/v1/totps/authenticate".to_owned(),
            401,
            Some("unable_to_authenticate_totp"),
        ),
        ("/v1/totps/authenticate".to_owned(), 200, None),
    ]
}
