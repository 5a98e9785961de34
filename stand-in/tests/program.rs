//! The program around the Stytch stand-in.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_stytch-stand-in");

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_interrupted() -> Result<(), Box<dyn Error>> {
    let mut program = Command::new(PROGRAM)
        .env("STYTCH_PROJECT_ID", "my-project")
        .env("STYTCH_SECRET", "hush")
        .stdout(Stdio::piped())
        .spawn()?;
    let output = program.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(output).lines();
    let mut greeting = Vec::new();
    for line in lines.by_ref() {
        let line = line?;
        if line.is_empty() && greeting.iter().any(|line: &String| line.contains("Ctrl-C")) {
            break;
        }
        greeting.push(line);
    }
    let entry = |name: &str| {
        let line = greeting.iter().find(|line| line.trim().starts_with(name));
        line.and_then(|line| line.split_whitespace().last())
    };
    let url = entry("URL").ok_or("no URL")?;
    assert_eq!(entry("project id"), Some("my-project"));
    assert_eq!(entry("secret"), Some("hush"));

    let response = reqwest::Client::new()
        .post(format!("{url}/v1/users"))
        .basic_auth("my-project", Some("hush"))
        .json(&json!({ "email": "nobody" }))
        .send()
        .await?;
    assert_eq!(response.status(), 400);
    let line = lines.next().ok_or("no log line")??;
    assert!(line.ends_with("POST /v1/users 400 invalid_email"), "{line}");

    let interrupt = Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status()?;
    assert!(interrupt.success());
    assert!(program.wait()?.success());
    Ok(())
}

#[test]
fn it_explains_itself() -> Result<(), Box<dyn Error>> {
    let help = Command::new(PROGRAM).arg("--help").output()?;
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout)?.contains("--port N"));

    for arguments in [&["--port"][..], &["--port", "70000"], &["--verbose"]] {
        let refused = Command::new(PROGRAM).args(arguments).output()?;
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8(refused.stderr)?.contains("Usage:"));
    }
    Ok(())
}
