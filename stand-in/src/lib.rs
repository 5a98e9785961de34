//! A stand-in for three operations of Stytch's Consumer API.
//!
//! | Operation                   | Request                       |
//! |-----------------------------|-------------------------------|
//! | `api_user_v1_Create`        | `POST /v1/users`              |
//! | `api_totp_v1_Create`        | `POST /v1/totps`              |
//! | `api_totp_v1_Authenticate`  | `POST /v1/totps/authenticate` |
//!
//! Every operation asks for HTTP Basic credentials: the project id is the user
//! name, the secret is the password. Everything is kept in memory and lasts as
//! long as the [`Server`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use stytch_stand_in as stytch;
//!
//! let server = stytch::Server::start().await?;
//! let created: serde_json::Value = reqwest::Client::new()
//!     .post(format!("{}/v1/users", server.url()))
//!     .basic_auth(server.project_id(), Some(server.secret()))
//!     .json(&serde_json::json!({ "email": "ada@example.com" }))
//!     .send()
//!     .await?
//!     .json()
//!     .await?;
//!
//! assert_eq!(created["status"], "active");
//! assert_eq!(server.users(), 1);
//! # Ok(())
//! # }
//! ```

#![allow(
    clippy::struct_field_names,
    reason = "the fields have the names of the JSON members they become"
)]

mod address;
mod app;
mod builder;
mod code;
mod credentials;
mod error;
mod exchange;
mod identifier;
mod payload;
mod project;
mod qr;
mod registration;
mod request;
mod response;
mod router;
mod server;
mod session;
mod signature;
mod timestamp;
mod user;

pub use builder::Builder;
pub use code::{CodeError, totp_code};
pub use exchange::Exchange;
pub use server::Server;
