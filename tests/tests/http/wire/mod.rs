//! What is on the wire: every style of parameters and every kind of body, as the raw bytes that a server reads from a
//! socket, sent by the transport that everybody gets who asks for none.
//!
//! "OpenAPI 3.1" is the OpenAPI Specification 3.1.1, quoted with the wording of its patch 3.1.2 where that says more
//! clearly what 3.1.1 means; "OpenAPI 3.0" is 3.0.4, "OpenAPI 3.2" 3.2.1, "Swagger" 2.0. "Semantics" is the page that
//! decides where they are silent: names and values are percent-encoded but for RFC 3986's unreserved characters, so
//! that a space is always `%20`, and members keep their order.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, Credential, ErrorKind, SourceBuilder, Transport};
use serde_json::{Value, json};

mod path {
    arazzo::arazzo_workflow!("language/wire/path.yml");
}
mod query {
    arazzo::arazzo_workflow!("language/wire/query.yml");
}
mod headers {
    arazzo::arazzo_workflow!("language/wire/headers.yml");
}
mod newest {
    arazzo::arazzo_workflow!("language/wire/newest.yml");
}
mod bodies {
    arazzo::arazzo_workflow!("language/wire/bodies.yml");
}
mod forms {
    arazzo::arazzo_workflow!("language/wire/forms.yml");
}
mod multipart {
    arazzo::arazzo_workflow!("language/wire/multipart.yml");
}
mod files {
    arazzo::arazzo_workflow!("language/wire/files.yml");
}
mod swagger {
    arazzo::arazzo_workflow!("language/wire/swagger.yml");
}
mod security {
    arazzo::arazzo_workflow!("language/wire/security.yml");
}
mod servers {
    arazzo::arazzo_workflow!("language/wire/servers.yml");
}

#[macro_use]
mod server;

mod base_urls;
mod credentials;
mod form_bodies;
mod header_fields;
mod part_bodies;
mod paths;
mod payloads;
mod queries;
mod swagger2;

use server::*;
