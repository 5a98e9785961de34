//! Arazzo workflows on [Temporal](https://temporal.io).
//!
//! ```no_run
//! use arazzo::{Client, Transport, Workflow};
//! use temporalio_sdk::{Runtime, Worker, WorkerOptions};
//!
//! // `W` is the type `Workflow` in the module that `arazzo_workflow!` has generated.
//! async fn work<W: Workflow<Dependencies = ()>>(
//!     temporal: temporalio_client::Client,
//!     client: Client<impl Transport + 'static>,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let options = arazzo_temporal::workflow::<W>(client).register(WorkerOptions::new("orders"))?.build();
//!     let runtime = Runtime::from_current_tokio(Default::default())?;
//!     Worker::new(&runtime, temporal, options)?.run().await?;
//!     Ok(())
//! }
//! ```
//!
//! The Temporal workflow has the name of the `workflowId`. [`Execution`] has the constants by which clients written in
//! Rust refer to it:
//!
//! | Message | Name | Input | Result |
//! |---|---|---|---|
//! | start ([`Execution::RUN`]) | the `workflowId` | the inputs that are known, as an object; or `{"$run": …}`, the stored run of another execution | the outputs |
//! | update ([`Execution::PROVIDE`]) | `provide` | the inputs that the workflow asks for and no others, as an object | nothing |
//! | query ([`Execution::STATUS`]) | `status` | nothing | [`Status`] |
//! | query ([`Execution::STORED`]) | `stored` | nothing | `{"$run": …}`: the run while it awaits inputs, for another engine |
//!
//! Each attempt of a step is one activity, whose result is the stored run. A wait is a timer, and inputs arrive by an
//! update. A step runs at least once: if a worker is killed after a response and before Temporal has the result, the step
//! is called again, with the same idempotency key if the client sends one.
//!
//! An execution that fails has an application failure. Its message names the step, its place and the status; its type is
//! the HTTP status that describes it best, such as `409` if the workflow has changed ([`Failure`] has the table).
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod activities;
mod driver;
mod execution;
mod messages;
mod service;

pub use arazzo_durable::{Durable, Failure, Retries, State, Status};
pub use messages::{Execution, Input, Provide, Query, Run};
pub use service::{Service, workflow};
