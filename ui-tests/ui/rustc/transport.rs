//! What is not a transport is told what one is.

fn main() {
    let _ = arazzo::Client::builder().transport("https://api.example.com").build();
    let _ = arazzo::Client::builder().transport(|url: String| async move { Err::<(), _>(url) }).build();
}
