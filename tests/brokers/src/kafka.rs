//! Kafka's protocol: by Tansu with its storage in SQLite, where it was built; otherwise by the cluster that librdkafka has
//! for tests, which keeps messages in memory.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use arazzo_brokers::Kafka;
use arazzo_brokers::rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use arazzo_brokers::rdkafka::client::DefaultClientContext;
use arazzo_brokers::rdkafka::config::ClientConfig;

use crate::process::{Process, own};
use crate::server::{ADDRESSES, Local, Server};

/// A broker that speaks Kafka's protocol.
pub enum KafkaServer {
    Tansu(Local),
    Cluster(Cluster),
}

/// A process with librdkafka's cluster. Its messages would not survive a kill, so its broker is taken off the network
/// instead: all connections break, and no new one is accepted.
pub struct Cluster {
    process: Child,
    url: String,
}

impl Cluster {
    fn start() -> Self {
        let mut command = Command::new(own("kafka-cluster"));
        let mut process = command
            .args(ADDRESSES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a cluster");
        let mut url = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut url).expect("its address");
        let url = url.trim().to_owned();
        Self { process, url }
    }

    fn tell(&mut self, line: &str) {
        let input = self.process.stdin.as_mut().expect("its input");
        writeln!(input, "{line}").expect("a cluster that runs");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn tansu(directory: &Path, port: u16) -> Process {
    let mut command = Command::new(std::env::var_os("TANSU").expect("it was there"));
    command.args(["broker", "--listener-url", &format!("tcp://127.0.0.1:{port}")]);
    command.args(["--advertised-listener-url", &format!("tcp://127.0.0.1:{port}")]);
    // The path is relative to the directory of the process.
    command.args(["--storage-engine", "sqlite://tansu.db"]);
    Process::start(command.current_dir(directory))
}

impl Server for KafkaServer {
    type Broker = Kafka;
    const KIND: &'static str = "kafka";

    async fn start() -> Option<Self> {
        if std::env::var_os("TANSU").is_none() {
            println!("`TANSU` is not set: the Kafka tests use librdkafka's mock cluster");
            return Some(Self::Cluster(Cluster::start()));
        }
        let server = Self::Tansu(Local::new(tansu).await);
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", server.url())
            .create()
            .expect("a client");
        let topics = ADDRESSES.map(|address| NewTopic::new(address, 1, TopicReplication::Fixed(1)));
        let created = admin.create_topics(&topics, &AdminOptions::new()).await;
        for topic in created.expect("topics") {
            topic.expect("a topic");
        }
        Some(server)
    }

    fn url(&self) -> String {
        match self {
            Self::Tansu(local) => format!("127.0.0.1:{}", local.port),
            Self::Cluster(cluster) => cluster.url.clone(),
        }
    }

    async fn connect(url: &str, name: &str) -> Kafka {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", url);
        // A consumer that was killed is missed after this time.
        config
            .set("session.timeout.ms", "6000")
            .set("heartbeat.interval.ms", "500");
        Kafka::new(&config, name).expect("options")
    }

    fn kill(&mut self) {
        match self {
            Self::Tansu(local) => local.kill(),
            Self::Cluster(cluster) => cluster.tell("down"),
        }
    }

    async fn restart(&mut self) {
        match self {
            Self::Tansu(local) => local.restart().await,
            Self::Cluster(cluster) => cluster.tell("up"),
        }
    }
}
