//! The workflow as every engine runs it.

use arazzo::{AnyRun, Client};
use arazzo_durable::Durable;
use serde_json::{Value, json};

use crate::key::Key;

/// What the environment of a worker says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URL of the API.
    pub api: String,
    /// Whether the journal is sealed.
    pub sealed: bool,
    /// Whether the newer version of the workflow is run.
    pub newer: bool,
}

impl Settings {
    /// Reads `API`, `SEALED` and `NEWER`.
    #[must_use]
    pub fn read() -> Self {
        let set = |name| std::env::var_os(name).is_some();
        Self {
            api: std::env::var("API").unwrap_or_default(),
            sealed: set("SEALED"),
            newer: set("NEWER"),
        }
    }
}

/// Returns the workflow `order`.
///
/// # Errors
/// The URL of the API is not a URL.
pub fn order(settings: &Settings) -> Result<Durable, Box<dyn std::error::Error>> {
    let client = Client::builder()
        .source("shop", |shop| shop.base_url(&settings.api).idempotency_key())
        .build()?;
    let durable = if settings.newer {
        Durable::new::<crate::second::order::Workflow>(client)
    } else {
        Durable::new::<crate::first::order::Workflow>(client)
    };
    let durable = durable.show(show);
    Ok(if settings.sealed {
        durable.sealed(Key::default())
    } else {
        durable
    })
}

/// What the person who approves is shown.
fn show(run: &AnyRun) -> Value {
    let placed = run.steps().into_iter().find(|(step, _)| *step == "place");
    placed.map_or(Value::Null, |(_, outputs)| json!({ "orderId": outputs["orderId"] }))
}
