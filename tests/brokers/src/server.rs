//! The brokers, each as a server that tests start and kill.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use arazzo::Broker;
use arazzo_brokers::{Amqp, JetStream, Mqtt, Mqtt5, Nats, RedisPubSub, RedisStreams, WebSocket};
use tempfile::TempDir;

pub use crate::kafka::KafkaServer;
use crate::process::{Process, listening, own, port, program};

/// The addresses that the workflows use.
pub const ADDRESSES: [&str; 2] = ["orders.requested", "orders.answered"];

/// A broker whose server can be started and killed.
#[allow(async_fn_in_trait, reason = "only tests use it")]
pub trait Server: Sized + Send {
    /// Its client.
    type Broker: Broker + Clone + 'static;
    /// Whether messages have headers.
    const HEADERS: bool = true;
    /// Whether it keeps messages for a consumer that is not connected, and survives a kill.
    const DURABLE: bool = true;
    /// Its name for the program that is killed.
    const KIND: &'static str;

    /// Starts the server; `None` if it is not installed.
    async fn start() -> Option<Self>;

    /// Returns where it listens.
    fn url(&self) -> String;

    /// Connects a consumer of this name.
    async fn connect(url: &str, name: &str) -> Self::Broker;

    /// Kills the server with SIGKILL.
    fn kill(&mut self);

    /// Starts the server again.
    async fn restart(&mut self);
}

/// A process with a directory and a port.
pub struct Local {
    directory: TempDir,
    pub port: u16,
    process: Process,
    start: fn(&Path, u16) -> Process,
}

impl Local {
    pub async fn new(start: fn(&Path, u16) -> Process) -> Self {
        let directory = TempDir::new().expect("a directory");
        let port = port();
        let process = start(directory.path(), port);
        listening(port).await;
        Self {
            directory,
            port,
            process,
            start,
        }
    }

    pub fn kill(&mut self) {
        self.process.kill();
    }

    pub async fn restart(&mut self) {
        self.process = (self.start)(self.directory.path(), self.port);
        listening(self.port).await;
    }
}

macro_rules! local {
    ($name:ident, $broker:ty, $kind:literal, $program:literal, $start:ident, $scheme:literal,
        headers: $headers:literal, durable: $durable:literal, $connect:expr, $prepare:expr) => {
        pub struct $name(Local);

        impl Server for $name {
            type Broker = $broker;
            const HEADERS: bool = $headers;
            const DURABLE: bool = $durable;
            const KIND: &'static str = $kind;

            async fn start() -> Option<Self> {
                program($program)?;
                let local = Local::new($start).await;
                let prepare: fn(String) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = $prepare;
                let server = Self(local);
                prepare(server.url()).await;
                Some(server)
            }

            fn url(&self) -> String {
                format!("{}127.0.0.1:{}", $scheme, self.0.port)
            }

            async fn connect(url: &str, name: &str) -> Self::Broker {
                let connect: fn(String, String) -> std::pin::Pin<Box<dyn Future<Output = $broker> + Send>> = $connect;
                connect(url.to_owned(), name.to_owned()).await
            }

            fn kill(&mut self) {
                self.0.kill();
            }

            async fn restart(&mut self) {
                self.0.restart().await;
            }
        }
    };
}

fn nats(directory: &Path, port: u16) -> Process {
    let mut command = Command::new(program("nats-server").expect("it was there"));
    command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"]);
    Process::start(command.arg(directory))
}

fn mosquitto(directory: &Path, port: u16) -> Process {
    let file = directory.join("mosquitto.conf");
    let options = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\nautosave_interval 1\nautosave_on_changes true\nmax_inflight_messages 0\nmax_queued_messages 0\nuser root\n",
        directory.display()
    );
    std::fs::write(&file, options).expect("options");
    Process::start(
        Command::new(program("mosquitto").expect("it was there"))
            .arg("-c")
            .arg(file),
    )
}

fn redis(directory: &Path, port: u16) -> Process {
    let mut command = Command::new(program("redis-server").expect("it was there"));
    command.args([
        "--bind",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
        "--dir",
    ]);
    Process::start(command.arg(directory))
}

fn relay(_: &Path, port: u16) -> Process {
    Process::start(Command::new(own("relay")).arg(port.to_string()))
}

fn host(url: &str) -> (String, u16) {
    let address = url.rsplit("//").next().unwrap_or(url);
    let (host, port) = address.rsplit_once(':').expect("a port");
    (host.to_owned(), port.parse().expect("a port"))
}

local!(NatsServer, Nats, "nats", "nats-server", nats, "nats://", headers: true, durable: false,
    |url, _| Box::pin(async move { Nats::connect(url).await.expect("a connection") }),
    |_| Box::pin(async {}));

local!(
    JetStreamServer,
    JetStream,
    "jetstream",
    "nats-server",
    nats,
    "nats://", headers: true, durable: true,
    |url, name| Box::pin(async move {
        let broker = JetStream::connect(url, name).await.expect("a connection");
        broker.ack_wait(Duration::from_secs(2))
    }),
    |url| Box::pin(async move {
        let client = arazzo_brokers::async_nats::connect(url).await.expect("a connection");
        let streams = arazzo_brokers::async_nats::jetstream::new(client);
        let config = arazzo_brokers::async_nats::jetstream::stream::Config {
            name: "orders".to_owned(),
            subjects: vec!["orders.>".to_owned()],
            ..Default::default()
        };
        streams.create_stream(config).await.expect("a stream");
    })
);

local!(MqttServer, Mqtt, "mqtt", "mosquitto", mosquitto, "mqtt://", headers: false, durable: true,
    |url, name| Box::pin(async move {
        let (host, port) = host(&url);
        Mqtt::connect(&host, port, &name)
    }),
    |_| Box::pin(async {}));

local!(
    Mqtt5Server,
    Mqtt5,
    "mqtt5",
    "mosquitto",
    mosquitto,
    "mqtt://", headers: true, durable: true,
    |url, name| Box::pin(async move {
        let (host, port) = host(&url);
        Mqtt5::connect(&host, port, &name)
    }),
    |_| Box::pin(async {})
);

local!(
    RedisStreamsServer,
    RedisStreams,
    "redis-streams",
    "redis-server",
    redis,
    "redis://", headers: true, durable: true,
    |url, name| Box::pin(async move { RedisStreams::new(url, name).expect("a URL") }),
    |_| Box::pin(async {})
);

local!(RedisPubSubServer, RedisPubSub, "redis-pub-sub", "redis-server", redis, "redis://", headers: false, durable: false,
    |url, _| Box::pin(async move { RedisPubSub::new(url).expect("a URL") }),
    |_| Box::pin(async {}));

/// RabbitMQ.
pub struct AmqpServer(Local);

fn rabbitmq(directory: &Path, port: u16) -> Process {
    Process::start(&mut rabbitmq_command(directory, port).expect("it was there"))
}

/// Returns the command that starts RabbitMQ, if it is installed.
pub fn rabbitmq_command(directory: &Path, port: u16) -> Option<Command> {
    let mut command = Command::new(program("rabbitmq-server")?);
    let name = format!("rabbit{port}@localhost");
    command
        .env("RABBITMQ_NODENAME", name)
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", port.to_string())
        .env("RABBITMQ_DIST_PORT", (port.wrapping_add(20_000) | 1024).to_string())
        .env("RABBITMQ_MNESIA_BASE", directory)
        .env("RABBITMQ_LOG_BASE", directory)
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", directory.join("plugins"))
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("HOME", directory);
    Some(command)
}

impl Server for AmqpServer {
    type Broker = Amqp;
    const KIND: &'static str = "amqp";

    async fn start() -> Option<Self> {
        program("rabbitmq-server")?;
        Some(Self(Local::new(rabbitmq).await))
    }

    fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.0.port)
    }

    async fn connect(url: &str, name: &str) -> Amqp {
        Amqp::new(url, name)
    }

    fn kill(&mut self) {
        self.0.kill();
    }

    async fn restart(&mut self) {
        self.0.restart().await;
    }
}

/// A relay for WebSocket: what one client sends to a path goes to all others there.
pub struct WebSocketServer(Local);

impl Server for WebSocketServer {
    type Broker = WebSocket;
    const HEADERS: bool = false;
    const DURABLE: bool = false;
    const KIND: &'static str = "websocket";

    async fn start() -> Option<Self> {
        Some(Self(Local::new(relay).await))
    }

    fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.0.port)
    }

    async fn connect(url: &str, _: &str) -> WebSocket {
        WebSocket::new(url)
    }

    fn kill(&mut self) {
        self.0.kill();
    }

    async fn restart(&mut self) {
        self.0.restart().await;
    }
}
