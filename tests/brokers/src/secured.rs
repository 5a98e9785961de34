//! Servers that demand TLS and a password.

use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::process::{Process, listening, own, port, program};

/// What the server demands.
pub const PASSWORD: &str = "s3cret";

/// A server with a certificate of an authority that nobody else knows.
pub struct Secured {
    directory: TempDir,
    port: u16,
    _process: Process,
}

impl Secured {
    /// Starts a server; `None` if it is not installed.
    pub async fn start(kind: &str) -> Option<Self> {
        let start: fn(&Path, u16) -> Option<Process> = match kind {
            "amqp" => rabbitmq,
            "nats" => nats,
            "mqtt" | "mqtt5" => mosquitto,
            "redis" => redis,
            _ => relay,
        };
        let directory = TempDir::new().expect("a directory");
        certificates(directory.path());
        let port = port();
        let process = start(directory.path(), port)?;
        listening(port).await;
        Some(Self {
            directory,
            port,
            _process: process,
        })
    }

    /// The file with the certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("authority.pem")
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

fn certificates(directory: &Path) {
    let mut authority = CertificateParams::new([]).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = authority.self_signed(&key).expect("a certificate");
    let issuer = Issuer::new(authority, key);
    let own = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("parameters");
    let own_key = KeyPair::generate().expect("a key");
    let signed = own.signed_by(&own_key, &issuer).expect("a certificate");
    for (name, text) in [
        ("authority.pem", certificate.pem()),
        ("certificate.pem", signed.pem()),
        ("key.pem", own_key.serialize_pem()),
    ] {
        std::fs::write(directory.join(name), text).expect("a file");
    }
}

fn nats(directory: &Path, port: u16) -> Option<Process> {
    let mut command = Command::new(program("nats-server")?);
    command.args([
        "-a",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "--user",
        "user",
        "--pass",
        PASSWORD,
    ]);
    command.args(["--tls", "--tlscert", "certificate.pem", "--tlskey", "key.pem"]);
    Some(Process::start(command.current_dir(directory)))
}

fn mosquitto(directory: &Path, port: u16) -> Option<Process> {
    let server = program("mosquitto")?;
    let passwords = Command::new("mosquitto_passwd")
        .args(["-b", "-c", "passwords", "user", PASSWORD])
        .current_dir(directory)
        .status();
    assert!(passwords.expect("mosquitto_passwd").success());
    let options = format!(
        "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file passwords\ncertfile certificate.pem\nkeyfile key.pem\nuser root\n"
    );
    std::fs::write(directory.join("mosquitto.conf"), options).expect("options");
    let mut command = Command::new(server);
    command.args(["-c", "mosquitto.conf"]);
    Some(Process::start(command.current_dir(directory)))
}

fn redis(directory: &Path, port: u16) -> Option<Process> {
    let mut command = Command::new(program("redis-server")?);
    command.args(["--bind", "127.0.0.1", "--port", "0", "--tls-port", &port.to_string()]);
    command.args(["--tls-cert-file", "certificate.pem", "--tls-key-file", "key.pem"]);
    command.args(["--tls-ca-cert-file", "authority.pem", "--tls-auth-clients", "no"]);
    command.args(["--requirepass", PASSWORD]);
    Some(Process::start(command.current_dir(directory)))
}

fn rabbitmq(directory: &Path, port: u16) -> Option<Process> {
    let path = |name: &str| directory.join(name).display().to_string();
    let options = format!(
        "listeners.tcp = none\nlisteners.ssl.default = 127.0.0.1:{port}\nssl_options.cacertfile = {}\nssl_options.certfile = {}\nssl_options.keyfile = {}\nssl_options.verify = verify_none\ndefault_user = user\ndefault_pass = {PASSWORD}\n",
        path("authority.pem"),
        path("certificate.pem"),
        path("key.pem"),
    );
    std::fs::write(directory.join("rabbitmq.conf"), options).expect("options");
    let mut command = crate::server::rabbitmq_command(directory, port)?;
    command.env_remove("RABBITMQ_NODE_PORT");
    command.env("RABBITMQ_CONFIG_FILE", path("rabbitmq"));
    Some(Process::start(&mut command))
}

fn relay(directory: &Path, port: u16) -> Option<Process> {
    let mut command = Command::new(own("relay"));
    command.args([&port.to_string(), "certificate.pem", "key.pem", PASSWORD]);
    Some(Process::start(command.current_dir(directory)))
}
