//! A workflow that reads one item after the other.

arazzo::arazzo_workflow!("chain.yml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = arazzo::Client::builder().build()?;
    println!("{client:?}");
    println!("{}", chain(&client, chain::Inputs::new("first")).await?.last);
    Ok(())
}
