//! Every example in the text of the Arazzo Specification, versions 1.0.1 and 1.1.0, in other words and run.
//!
//! A comment names the version, the section and the example. Bodies that are not JSON are in `spec_bodies.rs`, examples
//! that are doubtful in `spec_doubtful.rs`. "Semantics" is the page that decides where the specification is silent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ErrorKind, Transport};
use arazzo_tests::script::{Script, exactly, json_of, passed};
use serde_json::{Value, json};

// Some examples are warned about, and are written here as the specification writes them: outputs that nobody reads, a
// header that the description does not declare, values that may be missing. Hence `deprecated`, which warnings use.

/// Documents of version 1.0.1.
#[allow(deprecated)]
mod v1_0 {
    pub mod actions {
        arazzo::arazzo_workflow!("language/spec/1.0/actions.yml");
    }
    pub mod components {
        arazzo::arazzo_workflow!("language/spec/1.0/components.yml");
    }
    pub mod components_in_json {
        arazzo::arazzo_workflow!("language/spec/1.0/components.json");
    }
    pub mod criteria {
        arazzo::arazzo_workflow!("language/spec/1.0/criteria.yml");
    }
    pub mod expressions {
        arazzo::arazzo_workflow!("language/spec/1.0/expressions.yml");
    }
    pub mod formats {
        arazzo::arazzo_workflow!("language/spec/1.0/formats.yml");
    }
    pub mod opening {
        arazzo::arazzo_workflow!("language/spec/1.0/opening.yml");
    }
    pub mod ordering {
        arazzo::arazzo_workflow!("language/spec/1.0/ordering.yml");
    }
    pub mod parameters {
        arazzo::arazzo_workflow!("language/spec/1.0/parameters.yml");
    }
    pub mod payloads {
        arazzo::arazzo_workflow!("language/spec/1.0/payloads.yml");
    }
}

/// The same documents, of version 1.1.0.
#[allow(deprecated)]
mod v1_1 {
    pub mod actions {
        arazzo::arazzo_workflow!("language/spec/1.1/actions.yml");
    }
    pub mod components {
        arazzo::arazzo_workflow!("language/spec/1.1/components.yml");
    }
    pub mod components_in_json {
        arazzo::arazzo_workflow!("language/spec/1.1/components.json");
    }
    pub mod criteria {
        arazzo::arazzo_workflow!("language/spec/1.1/criteria.yml");
    }
    pub mod expressions {
        arazzo::arazzo_workflow!("language/spec/1.1/expressions.yml");
    }
    pub mod formats {
        arazzo::arazzo_workflow!("language/spec/1.1/formats.yml");
    }
    pub mod opening {
        arazzo::arazzo_workflow!("language/spec/1.1/opening.yml");
    }
    pub mod ordering {
        arazzo::arazzo_workflow!("language/spec/1.1/ordering.yml");
    }
    pub mod parameters {
        arazzo::arazzo_workflow!("language/spec/1.1/parameters.yml");
    }
    pub mod payloads {
        arazzo::arazzo_workflow!("language/spec/1.1/payloads.yml");
    }
}

mod action_parameters {
    arazzo::arazzo_workflow!("language/spec/action-parameters.yml");
}
#[allow(deprecated)]
mod document_1_0 {
    arazzo::arazzo_workflow!("language/spec/document-1.0.yml");
}
#[allow(deprecated)]
mod document_1_1 {
    arazzo::arazzo_workflow!("language/spec/document-1.1.yml");
}
mod embedded_criteria {
    arazzo::arazzo_workflow!("language/spec/embedded-criteria.yml");
}
mod evaluation {
    arazzo::arazzo_workflow!("language/spec/evaluation.yml");
}
#[allow(deprecated)]
mod expressions_1_1 {
    arazzo::arazzo_workflow!("language/spec/expressions-1.1.yml");
}
mod fragments {
    arazzo::arazzo_workflow! {
        "language/spec/fragments.yml",
        sources = { bakeryApi = "language/spec/bakery-api.yml" },
    }
}
mod identity {
    arazzo::arazzo_workflow! {
        "language/spec/identity.yml",
        sources = { stock = "language/spec/mirror/stock-copy.yml" },
    }
}
mod order_of_steps {
    arazzo::arazzo_workflow!("language/spec/order-of-steps.yml");
}
mod querystring {
    arazzo::arazzo_workflow!("language/spec/querystring.yml");
}
mod relative_self {
    arazzo::arazzo_workflow!("language/spec/relative/relative-self.yml");
}
mod remote_source {
    arazzo::arazzo_workflow! {
        "language/spec/remote-source.yml",
        sources = { bakeryApi = "language/spec/bakery-api.yml" },
    }
}
mod replacements {
    arazzo::arazzo_workflow!("language/spec/replacements.yml");
}
mod selectors {
    arazzo::arazzo_workflow!("language/spec/selectors.yml");
}
mod with_self {
    arazzo::arazzo_workflow!("language/spec/flows/with-self.yml");
}
mod without_self {
    arazzo::arazzo_workflow!("language/spec/flows/without-self.yml");
}

/// Runs a block with the documents of version 1.0.1, and again with the same documents of version 1.1.0.
macro_rules! in_both_versions {
    ($body:block) => {{
        {
            use super::v1_0::*;
            $body
        }
        {
            use super::v1_1::*;
            $body
        }
    }};
}

/// Whether a workflow without inputs succeeds where its one request is answered like this.
macro_rules! passes {
    ($document:ident :: $workflow:ident, $script:expr) => {{
        let script: Script = $script;
        let result = $document::$workflow(&client(&script), $document::$workflow::Inputs::new()).await;
        assert_eq!(script.trace().len(), 1);
        passed(&result)
    }};
}

/// Checks a workflow of one criterion against response bodies.
macro_rules! check {
    ($document:ident :: $workflow:ident: $($body:expr => $expected:expr),+ $(,)?) => {
        $(
            let body: Value = $body;
            let script = Script::new().on("GET /counter").reply(200, body.clone());
            let actual = passes!($document::$workflow, script);
            assert_eq!(actual, $expected, "{} with {body}", stringify!($workflow));
        )+
    };
}

/// A client for the servers that the descriptions name.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .max_retry_after(Duration::from_secs(86_400))
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn problem() -> Value {
    json!({ "message": "not now" })
}

fn rye() -> Value {
    json!({ "id": "rye", "kind": "sourdough" })
}

fn xml(request: &str, body: &str) -> Script {
    Script::new().on(request).reply_text(200, "application/xml", body)
}

// The two halves of `in_both_versions` say something about the versions only while nothing else differs.
#[test]
fn the_documents_of_both_versions_differ_in_their_version_alone() {
    macro_rules! both {
        ($($name:literal),+) => {
            [$(
                (
                    $name,
                    include_str!(concat!("../../../language/spec/1.0/", $name)),
                    include_str!(concat!("../../../language/spec/1.1/", $name)),
                ),
            )+]
        };
    }
    let documents = both!(
        "actions.yml",
        "billing.yml",
        "bodies.yml",
        "components.json",
        "components.yml",
        "criteria.yml",
        "expression-types.yml",
        "expressions.yml",
        "formats.yml",
        "opening.yml",
        "ordering.yml",
        "parameters.yml",
        "payloads.yml"
    );
    for (name, older, newer) in documents {
        assert_eq!(older.replacen("1.0.1", "1.1.0", 1), newer, "{name}");
    }
}

fn ordered() -> Value {
    json!({ "orderId": 41, "price": 30 })
}

const EMPTY_MILL: &str = "<mill><owner/><sacks/></mill>";

mod action_objects;
mod base_uris;
mod components_object;
mod criterion_object;
mod descriptions;
mod parameter_object;
mod request_body_object;
mod runtime_expressions;
mod selector_object;
mod workflow_object;
