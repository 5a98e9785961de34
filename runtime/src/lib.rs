//! Call [Arazzo](https://spec.openapis.org/arazzo/latest.html) API workflows as typed async
//! functions.
//!
//! [`arazzo_workflow!`] reads an Arazzo document and the API descriptions it names while the
//! crate is being built, reports what is wrong with them, and expands to one async function and
//! one module of the same name per workflow.
//!
//! ```ignore
//! use arazzo::{Client, Credential};
//!
//! arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");
//!
//! let client = Client::builder()
//!     .source("stytchConsumerApi", |api| api.credential(Credential::basic(project_id, secret)))
//!     .build()?;
//! let done = totp_enrollment(&client, totp_enrollment::Inputs::new(email, code)).await?;
//! ```
//!
//! # Runs
//!
//! A [`Run`] is a plain value that holds the inputs, the outputs of the completed steps and the position, and nothing
//! else. It is `Serialize`, `DeserializeOwned`, `Clone`, `Debug` and `Send`. Code that is generic over [`Workflow`] serves
//! every workflow; [`AnyRun`] does where the workflow is only known at run time. `advance` performs one attempt of one step and says by [`Progress`] what
//! comes next; `advance_until_blocked` goes on until the run waits, awaits an input or has ended;
//! `finish` goes to the end and sleeps where the workflow waits. A run that failed stands where
//! it stood before the failed attempt, so that it can be fixed and finished.
//!
//! A stored run holds its inputs and what the API has returned, secrets included: keep it where you
//! would keep those, or store it by `seal` and restore it by `open`, with a key of yours that is a
//! [`Seal`] and a [`Binding`] to what it belongs to. It remembers the shape of its workflow. Where that has changed in a way that the run
//! could not follow, reading it is an error that lists what has changed; inputs that need not be given
//! and steps behind the position may be added.
//!
//! No answer is in the run until `advance` returns: a future that is dropped in between has perhaps
//! called the API, and of that the run knows only that there was one more attempt. Whoever goes on with it
//! makes that request again. A `finish` that is dropped while it waits, waits anew when it is called again.
//! Carry runs on in a task of their own where a caller may go
//! away, such as a browser, and store a run after each `advance`, after one that returns an error too.
//! Every run has an `id`, which its clones and what is read back share: carry on one of them. Where the
//! process may die between a request and the storing of its answer,
//! [`SourceBuilder::idempotency_key`] lets the API recognise the request when it is made again.
//!
//! # Watching
//!
//! [`Builder::observer`] takes whoever wants to be told what runs do. With the feature `tracing` there
//! is a span for each run that `finish` carries to its end (`arazzo.workflow`), each attempt
//! (`arazzo.step`) and each request (`arazzo.request`), the last with the attributes of OpenTelemetry's
//! semantic conventions for HTTP clients, and events for criteria, actions and failures. Neither way is
//! told inputs, outputs, parameters, headers or bodies: URLs have the names of their parameters.
//!
//! # What a workflow means
//!
//! The Arazzo Specification 1.1.0 says so, and 1.0.1 for documents of that version. Where its text
//! is silent or says two things:
//!
//! - A string that is exactly one expression keeps its type, `"{$inputs.n}"` is a string. A string
//!   that starts with `$` but is no expression by the grammar is a literal.
//! - A value that is absent leaves out the member or the optional parameter, is null in an array and
//!   in a condition, `None` as an output; in a path, a required parameter or an embedding it fails
//!   the step. JSON `null` is a value.
//! - Numbers keep the spelling they came with, and objects the members that no schema names.
//! - An embedding inside a quoted string of written JSON, a JSONPath or an XPath condition is escaped
//!   for that string. In patterns, XML and plain text it goes in raw: such values must be trusted.
//! - Conditions: strings ignore case, a numeric string equals the number, `null` equals null and
//!   absence only; `<` and its like order numbers and strings, everything else has no order and
//!   fails. A bare operand passes when it is `true`. What cannot be evaluated fails.
//! - A step without criteria succeeds on 2xx. One that fails keeps nothing. A failure is also what
//!   prevents a request: a required value that is absent, a header that cannot be sent, a timeout.
//! - The actions of a step come first, then those of the workflow that it does not redefine; the
//!   first whose criteria pass is taken. `retryLimit` counts retries; `Retry-After` overrules
//!   `retryAfter`, bounded by the client's `max_retry_after`; when the budget is spent, the next
//!   action is looked at. A detour to a step runs it without its actions, and one that fails counts
//!   as a failed attempt.
//! - `goto` a workflow is one way: the result is an `Outcome`, a variant for each end. `end` after a
//!   failure is an error of kind [`ErrorKind::Ended`].
//! - A workflow's `dependsOn` is an argument of its function: the outputs of each workflow that it
//!   depends on. A step's `dependsOn` orders the steps, together with the outputs they read.
//! - An output is `Option` where a way through the workflow or the response may not have it.
//!
//! # Limits
//!
//! What a response holds decides how long a query on it takes, and no timeout interrupts a query. So each has a budget;
//! what needs more ends the attempt with an error of kind [`ErrorKind::Budget`].
//!
//! - JSON Pointers, singular JSONPath queries and simple conditions take time linear in the size of the value.
//! - Other JSONPath queries and XPath 1.0: the number of values that may be visited is estimated from the query and the
//!   size of the value, and is at most 5e7. A query without a filter, or with a filter that looks at the value itself,
//!   visits each value once.
//! - XPath 3.1: 2 seconds, on a thread of its own. Its engine cannot be interrupted: an evaluation whose time is over is
//!   left behind, and while four of them still run, further ones fail at once.
//! - Regular expressions: 4 million steps. Regular patterns take one or few for each byte; look-around that cannot be
//!   made regular and back-references have a limit of backtracking steps.
//! - XML: 256 levels, 1,000 attributes of an element, and no entities.
//!
//! The time of an attempt, from the wait for an access token to the end of the response, is bounded by
//! [`Builder::timeout`] and the step's `timeout`; the size of a response by [`Builder::max_response_bytes`], the number of
//! attempts by [`Builder::max_steps`].
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls.
//! - `native-tls`: TLS by the platform's own library. Without either, `https` URLs need a
//!   [`Transport`] of your own.
//! - `testing`: the module `testing`, for tests of workflows without a network.
//! - `tracing`: spans and events for `tracing`.
//! - `regex`: conditions of type `regex` and `pattern` of inputs, in the dialect of ECMA-262.
//! - `jsonpath`: JSONPath queries (RFC 9535) that can select more than one value; others need none.
//! - `xpath`: XPath 1.0. `xpath31`: XPath 2.0 to 3.1, and then the specification's default for every
//!   expression that does not name its version.
#![warn(clippy::pedantic)]
#![allow(clippy::module_name_repetitions)]

mod blob;
mod client;
mod constraint;
mod credential;
mod engine;
mod error;
mod json;
mod observer;
mod progress;
mod queries;
mod run;
mod run_id;
mod seal;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tracing")]
mod trace;
mod transport;
mod wire;
mod workflow;

pub use blob::Blob;
pub use bytes::Bytes;
pub use client::{Builder, Client, SourceBuilder};
pub use credential::Credential;
pub use error::{Error, ErrorKind, ErrorResponse, Place};
pub use http;
pub use observer::{ActionEvent, Event, EventKind, Observer};
pub use progress::Progress;
pub use run::any::{AnyRun, AnyWorkflow};
pub use run::descriptor::StepName;
pub use run_id::{ParseRunIdError, RunId};
pub use seal::{Binding, Seal};
pub use transport::{Attempt, BoxError, Limits, ResponseTooLarge, Transport};
pub use wire::token::ClientCredentials;
pub use workflow::{Run, RunError, Workflow};

/// Compiles an Arazzo document into typed async functions.
///
/// ```ignore
/// arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");
///
/// arazzo::arazzo_workflow!(["enrol.yml", "sign-in.yml"]);
///
/// arazzo::arazzo_workflow!("workflows/");
///
/// arazzo::arazzo_workflow! {
///     "workflows/orders.arazzo.yaml",
///     sources = { petstore = "vendor/petstore.yaml" },
///     workflows = ["place-order"],
///     rename = { "place-order" = place_order_v2 },
///     lints = { deny(unused_input), allow(lookalike_literal), warn(operation_id_case) },
///     dialect = lenient,
/// }
/// ```
///
/// A plain path is relative to the directory of the crate's `Cargo.toml`, one that starts with
/// `./` or `../` to the source file that calls the macro. A source description is read from where
/// its `url` leads from the document, else from the same place below the document's directory,
/// else from beside the document; `sources` says otherwise. The network is never touched.
///
/// A list of documents, or a directory of them (every file `*.yml`, `*.yaml` and `*.json` with the field `arazzo`, in the
/// order of their names), is compiled in one call. Where a call has several workflows, they share the types of each API's
/// objects, in a module named after the source description.
///
/// | Option | Value | Meaning |
/// |---|---|---|
/// | `sources` | `{ name = "path" }` | where to read a source description from |
/// | `workflows` | `["id"]` | expand only these, and what they call |
/// | `rename` | `{ "id" = name }` | another name for function and module; `"w.inputs.x"`, `"w.outputs.x"`, `"w.steps.s"` and `"w.steps.s.outputs.x"` rename what is in the workflow `w` |
/// | `lints` | `{ allow(code), warn(code), deny(code) }` | the level of diagnostics that are not plain errors; codes with underscores |
/// | `dialect` | `strict`, `lenient` | `lenient`: mistakes with one obvious meaning are warnings and run as they are meant; what only the API description rules out is a warning too |
///
/// With the environment variable `ARAZZO_DEBUG=1` the expansion is written to a file below
/// `target/arazzo`, formatted where `rustfmt` is at hand, and included from there.
#[macro_export]
macro_rules! arazzo_workflow {
    ($($input:tt)*) => {
        $crate::__private::expand! { ($crate) $($input)* }
    };
}

/// What expansions are made of; no part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use std::boxed::Box;
    pub use std::collections::BTreeMap;
    pub use std::option::Option;
    pub use std::string::String;
    pub use std::vec::Vec;

    pub use arazzo_macros::expand;
    pub use serde;
    pub use serde_json;

    pub use crate::constraint::{Applied, Constraint, Limit};
    pub use crate::engine::program::{Action, Child, Frame, Returned, inputs, outputs};
    pub use crate::json::data::{Data, choice, deserialize, no_choice, read_text, tagged};
    pub use crate::json::datum::{Datum, equal, order, truthy};
    pub use crate::json::fault::Fault;
    pub use crate::json::members::{Additional, Fields, Member, Members, Record, Table, Take, debug, record};
    pub use crate::json::slot::Slot;
    pub use crate::json::view::{View, serialize};
    pub use crate::queries::escape::{bare, jsonpath_escaped, jsonpath_value, xpath_literal};
    #[cfg(feature = "jsonpath")]
    pub use crate::queries::jsonpath::JsonPath;
    #[cfg(feature = "regex")]
    pub use crate::queries::regex::{Regex, matches};
    #[cfg(feature = "xpath")]
    pub use crate::queries::xpath::XPath;
    #[cfg(feature = "xpath31")]
    pub use crate::queries::xpath31::XPath31;
    pub use crate::run::descriptor::{InputShape, Kept, Shape, StepShape, Target};
    pub use crate::run::state::{Detour, State};
    pub use crate::wire::body::{JsonBody, written};
    pub use crate::wire::call::Call;
    pub use crate::wire::exchange::{Exchange, Reads};
    pub use crate::wire::failure::{Failure, Stop};
    pub use crate::wire::form::{Field, form_value};
    pub use crate::wire::kept::{Output, check, keep_datum, text};
    pub use crate::wire::operation::{Operation, Scheme, SchemeKind};
    pub use crate::wire::style::{Form, Style};
    pub use crate::workflow::call;
    pub use crate::{
        __choice as choice_type, __constructor as constructor, __errors as errors, __names as names,
        __object as object_type, __open_choice as open_choice_type, __partial as partial, __record as record_type,
        __serde as impl_serde, __setters as setters, __steps as steps,
    };
    pub use crate::{Blob, Client, Run, RunError, StepName, Transport, Workflow};
}
