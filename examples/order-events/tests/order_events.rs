//! The program does what its first lines say, in memory and with NATS.
#![allow(clippy::unwrap_used, reason = "of tests")]

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

fn printed(program: &mut Command) -> String {
    let output = program.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

const STORY: &str = "\
POST /orders: 201
orders.confirmed: a message of 39 bytes
Order order-1 comes as a parcel with a pen in 3 days.
The warehouse has packed a pen.
";

#[test]
fn an_order_is_confirmed_in_memory() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_order-events"));
    assert_eq!(
        printed(program.env_remove("NATS_URL")),
        format!("Messages stay in memory.\n{STORY}")
    );
}

#[test]
fn an_order_is_confirmed_over_nats() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let server = Command::new("nats-server")
        .args(["-a", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        println!("SKIPPED: there is no `nats-server`; the example has not used it");
        return;
    };
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_order-events"));
    program.env("NATS_URL", format!("nats://127.0.0.1:{port}"));
    let story = printed(&mut program);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(story, format!("Messages go through NATS.\n{STORY}"));
}
