//! A real editor drives the language server.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::path::Path;
use std::process::Command;

use support::example;

#[test]
fn neovim_shows_corrects_completes_and_jumps() {
    let found = Command::new("nvim").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: `nvim` is not installed; no editor has driven the language server");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(example().join("stytch-totp-enrollment-workflow.yml")).unwrap();
    let broken = text.replace("operationId: api_user_v1_Create", "operationId: api_user_v1_Creat");
    std::fs::write(directory.path().join("flow.yml"), &broken).unwrap();
    let api = std::fs::read(example().join("stytch-consumer-openapi.yml")).unwrap();
    std::fs::write(directory.path().join("stytch-consumer-openapi.yml"), api).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/neovim.lua");
    let output = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .current_dir(directory.path())
        .env("SERVER", env!("CARGO_BIN_EXE_cargo-arazzo"))
        .env("HOME", directory.path())
        .output()
        .unwrap();
    // Neovim prints to standard error.
    let printed = String::from_utf8_lossy(&output.stderr).replace('\r', "");
    let line = 1 + broken
        .lines()
        .position(|line| line.contains("api_user_v1_Creat"))
        .unwrap();
    for expected in [
        // `    operationId: ` has 17 letters.
        format!("problem {line}:18 unknown operation `api_user_v1_Creat`"),
        "action Write `api_user_v1_Create`".to_owned(),
        "corrected operationId: api_user_v1_Create".to_owned(),
        "completions totpId secret qrCode recoveryCodes".to_owned(),
        "definition stytch-consumer-openapi.yml api_totp_v1_Create".to_owned(),
    ] {
        assert!(printed.contains(&expected), "{expected}\n{printed}");
    }
    assert!(output.status.success(), "{printed}");
}
