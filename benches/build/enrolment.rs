//! The enrolment in one call.

arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = arazzo::Client::builder().build()?;
    println!("{client:?}");
    let inputs = totp_enrollment::Inputs::new("ada@example.com", "123456");
    println!("{}", totp_enrollment(&client, inputs).await?.user_id);
    Ok(())
}
