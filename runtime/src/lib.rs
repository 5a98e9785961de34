//! Calls [Arazzo](https://spec.openapis.org/arazzo/latest.html) API workflows as typed async functions.
//!
//! [`arazzo_workflow!`] reads an Arazzo document and the API descriptions that it names at build time, reports the
//! errors in them, and expands to one async function and one module of the same name per workflow.
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
//! else. It is `Serialize`, `DeserializeOwned`, `Clone`, `Debug` and `Send`. Code that is generic over [`Workflow`]
//! works with every workflow; use [`AnyRun`] if the workflow is only known at run time.
//!
//! - `advance` makes one attempt of one step and returns a [`Progress`] that says what comes next.
//! - `advance_until_blocked` continues until the run has to wait, needs an input or has ended.
//! - `finish` runs to the end, and sleeps where the workflow waits.
//!
//! A run that failed is at the same step as before the failed attempt, so you can fix it and finish it.
//!
//! ## Storing runs
//!
//! A stored run contains its inputs and what the API has returned, secrets included. Store it where you would store
//! those secrets. Alternatively, store it with `seal` and restore it with `open`; both take your key, which is a
//! [`Seal`], and a [`Binding`] to whatever the run belongs to.
//!
//! A stored run records the shape of its workflow. If the workflow has since changed in a way that the run cannot
//! follow, reading the run is an error that lists the changes. You may add optional inputs, and steps after the
//! position of the run.
//!
//! ## Cancellation and crashes
//!
//! A run changes only when `advance` returns. If the future is dropped earlier, the API may have been called; the run
//! records only the attempt. Continuing such a run sends the request again. If `finish` is dropped while it waits, the
//! next call waits for the whole time again.
//!
//! - If the caller may disconnect, as a browser may, advance runs in a task of their own.
//! - Store a run after each call of `advance`, also after one that returns an error.
//! - Every run has an `id`. Clones of a run and runs that were read from the same stored form share it: continue only
//!   one of them.
//! - If the process may die between sending a request and storing its response, set [`SourceBuilder::idempotency_key`].
//!   The API can then recognise the request when it is sent again.
//!
//! # Observability
//!
//! [`ClientBuilder::observer`] sets an [`Observer`], which is notified of what runs do. The feature `tracing` adds spans and
//! events:
//!
//! - a span for each run that `finish` runs to its end (`arazzo.workflow`), for each attempt (`arazzo.step`) and for
//!   each request (`arazzo.request`); the last has the attributes of OpenTelemetry's semantic conventions for HTTP
//!   clients;
//! - events for responses, criteria, actions and failures.
//!
//! Neither observers nor spans contain inputs, outputs, parameters, headers or bodies. URLs contain the names of their
//! parameters instead of the values.
//!
//! # Semantics
//!
//! Workflows follow the Arazzo Specification 1.1.0, or 1.0.1 if the document has that version. Where the specification
//! is silent or contradicts itself, these rules apply:
//!
//! - A string that is exactly one expression keeps the type of its value; `"{$inputs.n}"` is a string. A string that
//!   starts with `$` but is not an expression by the grammar is a literal.
//! - An absent value leaves out the member or the optional parameter. It is null in an array and in a condition, and
//!   `None` as an output. In a path, a required parameter or an embedding it fails the step. JSON `null` is a value.
//! - Numbers keep their original spelling. Objects keep the members that no schema names.
//! - An embedding inside a quoted string of a JSON text, a JSONPath condition or an XPath condition is escaped for that
//!   string. In patterns, XML and plain text it is inserted unescaped: such values must be trusted.
//! - Comparisons in conditions ignore the case of strings. A numeric string equals the number; `null` equals only null
//!   and absence. `<`, `<=`, `>` and `>=` compare numbers and strings; any other values have no order, and the
//!   comparison fails. An operand without an operator passes if it is `true`. A condition that cannot be evaluated
//!   fails.
//! - A step without criteria succeeds on status 2xx. A failed step has no outputs. A step also fails if its request
//!   cannot be made: a required value is absent, a header cannot be sent, or a timeout expires.
//! - The actions of a step come first, then those actions of the workflow that the step does not redefine. The first
//!   action whose criteria pass is taken. `retryLimit` counts retries. `Retry-After` overrides `retryAfter`, up to the
//!   client's `max_retry_after`. When all retries of an action are used up, the next action is considered.
//! - A retry that names a step or workflow runs it before the next attempt (a detour). A step that runs in a detour
//!   runs without its actions. A detour that fails counts as a failed attempt.
//! - `goto` a workflow does not return: the result of the calling workflow is an `Outcome`, with a variant for each
//!   possible end. `end` after a failure is an error of kind [`ErrorKind::Ended`].
//! - `dependsOn` of a workflow becomes an argument of its function: the outputs of each workflow that it depends on.
//!   `dependsOn` of a step orders the steps, and so do the outputs that a step reads.
//! - An output is an `Option` if some path through the workflow, or the response, may not have it.
//!
//! # Limits
//!
//! The contents of a response determine how long a query on it takes, and a timeout cannot interrupt a query. Therefore
//! each query has a budget. A query that exceeds its budget ends the attempt with an error of kind
//! [`ErrorKind::Budget`].
//!
//! - JSON Pointers, singular JSONPath queries and simple conditions take time linear in the size of the value.
//! - Other JSONPath queries and XPath 1.0: the number of values that may be visited is estimated from the query and the
//!   size of the value, and is limited to 5e7. A query without a filter, or with a filter that reads only the value
//!   itself, visits each value once.
//! - XPath 3.1: 2 seconds, on a separate thread. The engine cannot be interrupted: after 2 seconds the evaluation is
//!   abandoned and continues in the background. While four abandoned evaluations are still running, further ones fail
//!   at once.
//! - Regular expressions: 4 million steps. Regular patterns take one or a few steps for each byte. The
//!   backtracking steps of back-references, and of look-around that cannot be made regular, are limited too.
//! - XML: at most 256 levels and 1,000 attributes per element; no entities.
//!
//! [`ClientBuilder::timeout`] and the `timeout` of a step limit the time of an attempt, from the wait for an access token to
//! the end of the response. [`ClientBuilder::max_response_bytes`] limits the size of a response, [`ClientBuilder::max_steps`] the
//! number of attempts of a run.
//!
//! # Features
//!
//! - `reqwest` (default): the transport on reqwest. Without it, set one with [`ClientBuilder::transport`].
//! - `rustls` (default): TLS for reqwest by rustls.
//! - `native-tls`: TLS for reqwest by the platform's own library. Without either feature, `https` URLs need your own
//!   [`Transport`].
//! - `tower`: the module `tower`, for services of tower as transports, and transports as services.
//! - `testing`: the module `testing`, for testing workflows without a network.
//! - `tracing`: spans and events for the crate `tracing`.
//! - `metrics`: the module `metrics`, with metrics of OpenTelemetry.
//! - `uuid`: conversions between [`RunId`] and `uuid::Uuid`.
//! - `regex`: conditions of type `regex`, and `pattern` of inputs, in the dialect of ECMA-262.
//! - `jsonpath`: JSONPath queries (RFC 9535) that can select more than one value. Other queries do not need the
//!   feature.
//! - `xpath`: XPath 1.0.
//! - `xpath31`: XPath 2.0 to 3.1. With it, 3.1 is the default for every expression that does not name its version, as
//!   the specification says.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::pedantic)]
#![allow(clippy::module_name_repetitions)]

mod blob;
mod client;
mod constraint;
mod credential;
mod engine;
mod error;
mod json;
mod message;
#[cfg(feature = "metrics")]
pub mod metrics;
mod observer;
mod progress;
mod queries;
mod run;
mod run_error;
mod run_id;
mod seal;
mod source;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
mod trace;
mod transport;
mod wire;
mod workflow;

pub use blob::Blob;
pub use bytes::Bytes;
pub use client::{Client, ClientBuilder};
pub use credential::{Credential, Provided};
pub use error::{Error, ErrorKind, ErrorResponse, Place};
pub use http;
pub use message::broker::{Broker, Delivery, Subscription};
pub use message::envelope::Message;
pub use observer::{ActionEvent, Event, EventKind, Observer};
pub use progress::{ExpectedMessage, Progress, UnexpectedMessage};
#[cfg(feature = "reqwest")]
pub use reqwest;
pub use run::any::{AnyRun, AnyWorkflow};
pub use run::descriptor::StepName;
pub use run_error::RunError;
pub use run_id::{ParseRunIdError, RunId};
pub use seal::{Binding, Seal};
pub use source::SourceBuilder;
pub use transport::{Attempt, BoxError, BoxTransport, ConnectError, Limits, ResponseTooLarge, Transport};
pub use wire::token::ClientCredentials;
pub use workflow::{Run, Workflow};

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
///     derives = [Eq, utoipa::ToSchema],
///     lints = { deny(unused_input), allow(lookalike_literal), warn(operation_id_case) },
///     dialect = lenient,
/// }
/// ```
///
/// A plain path is relative to the directory of the crate's `Cargo.toml`. A path that starts with `./` or `../` is
/// relative to the source file that calls the macro. A source description is looked up at its `url` relative to the
/// document, then at the same path below the document's directory, then next to the document. The option `sources`
/// overrides this. Builds do not access the network.
///
/// A list of documents, or a directory of them (every file `*.yml`, `*.yaml` and `*.json` with the field `arazzo`, in
/// the order of their names), is compiled in one call. If a call has several workflows, they share the types of each
/// API's objects, in a module named after the source description.
///
/// | Option | Value | Meaning |
/// |---|---|---|
/// | `sources` | `{ name = "path" }` | where to read a source description from |
/// | `workflows` | `["id"]` | expand only these workflows, and those that they call |
/// | `rename` | `{ "id" = name }` | another name for the function and its module; `"w.inputs.x"`, `"w.outputs.x"`, `"w.steps.s"` and `"w.steps.s.outputs.x"` rename items of the workflow `w` |
/// | `derives` | `[path]` | traits that inputs, outputs and the types of API objects derive in addition, such as `utoipa::ToSchema` |
/// | `lints` | `{ allow(code), warn(code), deny(code) }` | the level of diagnostics that can be configured; write codes with underscores |
/// | `dialect` | `strict`, `lenient` | `lenient`: mistakes with one obvious meaning are warnings and are compiled with that meaning; violations of nothing but the API description are warnings too |
///
/// If the environment variable `ARAZZO_DEBUG` is `1`, the expansion is written to a file below `target/arazzo` and
/// included from there. It is formatted if `rustfmt` is available.
#[macro_export]
macro_rules! arazzo_workflow {
    ($($input:tt)*) => {
        $crate::__private::expand! { ($crate) $($input)* }
    };
}

/// Items that expansions use; not part of the public API.
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
    pub use crate::json::members::{Additional, Fields, Member, Members, Record, Table, Take, debug};
    pub use crate::json::slot::Slot;
    pub use crate::json::view::{View, serialize};
    pub use crate::message::channel::{Channel, Location};
    pub use crate::message::draft::Draft;
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
    pub use crate::wire::outgoing::Outgoing;
    pub use crate::wire::style::{Form, Style};
    pub use crate::workflow::call;
    pub use crate::{
        __boxed as boxed_type, __choice as choice_type, __constructor as constructor, __errors as errors,
        __names as names, __object as object_type, __open_choice as open_choice_type, __partial as partial,
        __record as record_type, __serde as impl_serde, __setters as setters, __steps as steps,
    };
    pub use crate::{Blob, Client, Run, RunError, StepName, Transport, Workflow};
}
