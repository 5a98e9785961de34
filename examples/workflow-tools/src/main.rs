//! Offers the workflows of a directory as tools of the Model Context Protocol.
//!
//! An assistant that connects to it sees one tool for each workflow, and can enrol a user. The code of the user's
//! authenticator app is not known before the workflow has registered the app: the server asks the person for it. The
//! question shows what the API has returned, such as the secret for the app, to the person and to the program between.
//!
//! Without arguments, it speaks over standard input and output. With `--http ADDRESS`, it serves
//! `http://ADDRESS/mcp`; anybody who can connect to the address can call the tools.
//!
//! Without credentials, it starts a stand-in for the service in this process. With `STYTCH_PROJECT_ID` and
//! `STYTCH_SECRET`, it calls the real service, at `STYTCH_BASE_URL` if that is set, otherwise at the test environment.

mod call;
mod question;
mod tools;
mod waiting;

use std::error::Error;
use std::sync::Arc;

use arazzo::{AnyWorkflow, Client, Credential};
use rmcp::ServiceExt as _;
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use tools::Tools;

arazzo::arazzo_workflow!("workflows/");

const WORKFLOWS: &[AnyWorkflow] = &[
    AnyWorkflow::of::<totp_enrollment::Workflow>(),
    AnyWorkflow::of::<totp_sign_in::Workflow>(),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (url, credential, _stand_in) = match (variable("STYTCH_PROJECT_ID"), variable("STYTCH_SECRET")) {
        (Some(project), Some(secret)) => {
            let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| "https://test.stytch.com".to_owned());
            (url, Credential::basic(project, secret), None)
        }
        _ => {
            eprintln!("STYTCH_PROJECT_ID and STYTCH_SECRET are not set: using a stand-in for the service.");
            let server = stytch_stand_in::Server::start().await?;
            let credential = Credential::basic(server.project_id(), server.secret());
            (server.url().to_owned(), credential, Some(server))
        }
    };
    let client = Client::builder()
        .source("stytchConsumerApi", |api| api.base_url(url).credential(credential))
        .build()?;
    let tools = Tools::new(client, WORKFLOWS)?;

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            tools.serve(stdio()).await?.waiting().await?;
        }
        ["--http", address] => {
            let listener = tokio::net::TcpListener::bind(address).await?;
            // Standard output belongs to the protocol where it is spoken there; here it is the same for both.
            eprintln!("listening on http://{}/mcp", listener.local_addr()?);
            let sessions = Arc::new(LocalSessionManager::default());
            let settings = StreamableHttpServerConfig::default();
            let service = StreamableHttpService::new(move || Ok(tools.clone()), sessions, settings);
            axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
        }
        _ => return Err("usage: workflow-tools [--http ADDRESS]".into()),
    }
    Ok(())
}
