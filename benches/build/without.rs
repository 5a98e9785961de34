//! What a program costs that has a client and no workflow.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = arazzo::Client::builder().build()?;
    println!("{client:?}");
    Ok(())
}
