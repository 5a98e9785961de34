//! The workflow as every engine runs it.

use arazzo::{AnyRun, Client};
use arazzo_durable::Durable;
use serde_json::{Value, json};

use crate::key::Key;

/// What a worker is started with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The URL of the API.
    pub api: String,
    /// Whether the journal is sealed.
    pub sealed: bool,
    /// Whether the newer version of the workflow is run.
    pub newer: bool,
    /// After how many events an execution continues as a new one, where an engine has that; 0 is its default.
    pub longest: u32,
    /// Whether a worker keeps executions in memory, where an engine has that.
    pub cached: bool,
}

impl Settings {
    /// Reads `API`, `SEALED`, `NEWER`, `LONGEST` and `CACHED`.
    #[must_use]
    pub fn read() -> Self {
        let read = |name| std::env::var(name).unwrap_or_default();
        Self {
            api: read("API"),
            sealed: read("SEALED") == "true",
            newer: read("NEWER") == "true",
            longest: read("LONGEST").parse().unwrap_or_default(),
            cached: read("CACHED") == "true",
        }
    }

    /// The environment that [`read`](Self::read) reads.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("API", self.api.clone()),
            ("SEALED", self.sealed.to_string()),
            ("NEWER", self.newer.to_string()),
            ("LONGEST", self.longest.to_string()),
            ("CACHED", self.cached.to_string()),
        ]
    }
}

/// Returns the client of the workflow.
///
/// # Errors
/// The URL of the API is not a URL.
pub fn client(settings: &Settings) -> Result<Client, arazzo::Error> {
    Client::builder()
        .source("shop", |shop| shop.base_url(&settings.api).idempotency_key())
        .build()
}

/// Returns the workflow `order`.
///
/// # Errors
/// The URL of the API is not a URL.
pub fn order(settings: &Settings) -> Result<Durable, arazzo::Error> {
    let client = client(settings)?;
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
#[must_use]
pub fn show(run: &AnyRun) -> Value {
    let placed = run.steps().into_iter().find(|(step, _)| *step == "place");
    placed.map_or(Value::Null, |(_, outputs)| json!({ "orderId": outputs["orderId"] }))
}
