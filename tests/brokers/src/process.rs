//! Server processes.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A process that is killed with SIGKILL when it is dropped.
pub struct Process(Child, bool);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let quiet = std::env::var_os("BROKER_OUTPUT").is_none();
        if quiet {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        }
        // Some servers are scripts that start others.
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Self(child.expect("a server process"), false)
    }

    /// Kills the process with SIGKILL, and waits for its end.
    pub fn kill(&mut self) {
        // Another process may have its number by now.
        if std::mem::replace(&mut self.1, true) {
            return;
        }
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill")
            .args(["-9", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns a port of loopback that is free now.
pub fn port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Finds a program: by an environment variable, in `PATH`, or where Debian puts servers. Says that the tests are skipped if
/// there is none.
pub fn program(name: &str) -> Option<PathBuf> {
    let variable = name.to_uppercase().replace('-', "_");
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    // What Debian has in `/usr/sbin` for RabbitMQ changes the user first.
    let places = std::iter::once(PathBuf::from("/usr/lib/rabbitmq/bin"));
    let places = places
        .chain(std::env::split_paths(&path))
        .chain([PathBuf::from("/usr/sbin")]);
    let found = places.map(|place| place.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("SKIPPED: there is no `{name}`; no workflow has used it");
    }
    found
}

/// Returns the path of a program of this package, which Cargo has built for the tests.
pub fn own(name: &str) -> PathBuf {
    let mut directory = std::env::current_exe().expect("a path");
    directory.pop();
    if directory.ends_with("deps") {
        directory.pop();
    }
    directory.join(name)
}

/// Waits until something listens at a port.
pub async fn listening(port: u16) {
    crate::until("a server", async || {
        tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()
    })
    .await;
}
