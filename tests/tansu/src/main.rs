//! Tansu, a broker that speaks Kafka's protocol.

#[tokio::main]
async fn main() {
    if let Err(error) = tansu_cli::Cli::main().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
