//! Arazzo workflows on [Restate](https://restate.dev).
//!
//! ```no_run
//! use arazzo::{Client, Transport, Workflow};
//! use restate_sdk::prelude::{Endpoint, HttpServer};
//!
//! // `W` is the type `Workflow` in the module that `arazzo_workflow!` has generated.
//! async fn serve<W: Workflow<Dependencies = ()>>(client: Client<impl Transport + 'static>) -> std::io::Result<()> {
//!     let listener = arazzo_restate::listen(([127, 0, 0, 1], 9080).into())?;
//!     let endpoint = Endpoint::builder().bind(arazzo_restate::workflow::<W>(client)).build();
//!     HttpServer::new(endpoint).serve(listener).await;
//!     Ok(())
//! }
//! ```
//!
//! A workflow is a Restate workflow with the name of its `workflowId`, and four handlers:
//!
//! | Handler | Input | Result |
//! |---|---|---|
//! | `run` | the inputs that are known, as an object; or `{"$run": …}`, the stored run of another execution | the outputs |
//! | `provide` | the inputs that the workflow asks for and no others, as an object | nothing |
//! | `status` | nothing | [`Status`] |
//! | `stored` | nothing | `{"$run": …}`: the run while it awaits inputs, for another engine |
//!
//! Each attempt of a step is one operation in Restate's journal, whose result is the stored run. A wait is a durable
//! timer, a question a durable promise. A step runs at least once: if the service is killed after a response and before
//! the journal has it, the step is called again, with the same idempotency key if the client sends one.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod driver;
mod handlers;
mod listener;
mod service;

pub use arazzo_durable::{Durable, Failure, Retries, State, Status};
pub use listener::listen;
pub use service::{Service, workflow};
