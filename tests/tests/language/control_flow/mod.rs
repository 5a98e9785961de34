//! What a workflow does next: success and failure actions, retries, loops, and runs that are carried out in pieces.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arazzo::{Client, ErrorKind, Progress};
use arazzo_tests::script::{Script, book, book_with, exactly, in_pieces};
use serde_json::json;

mod choices {
    arazzo::arazzo_workflow!("language/choices.yml");
}
mod failures {
    arazzo::arazzo_workflow!("language/failures.yml");
}
mod loops {
    arazzo::arazzo_workflow!("language/loops.yml");
}
mod paused {
    arazzo::arazzo_workflow!("language/paused.yml");
}
mod polling {
    arazzo::arazzo_workflow!("language/polling.yml");
}
mod retries {
    arazzo::arazzo_workflow!("language/retries.yml");
}
mod workflow_actions {
    arazzo::arazzo_workflow!("language/workflow-actions.yml");
}

use choices::{choose_shelf, find_first};
use failures::{just_look, lend_or_queue, lend_or_stop, look_or_excuse, remove_book};
use loops::{start_over, until_sold_out, watch_price};
use paused::review_book;
use polling::import_books;
use retries::{hasty, not_again, once_more, patient, read_twice, twice_more, two_budgets};
use workflow_actions::{retry_when_busy, skip_when_gone, stop_when_gone, stop_when_told};

/// A page of books that only says how many there are.
fn page(total: u32) -> serde_json::Value {
    json!({ "items": [], "total": total })
}

fn problem(message: &str) -> serde_json::Value {
    json!({ "message": message })
}

fn import_that_takes_a_while() -> Script {
    Script::new()
        .on("POST /imports")
        .reply(202, json!({ "id": "im-1" }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(202, json!({ "state": "running", "percent": 10 }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(202, json!({ "state": "running", "percent": 60 }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(200, json!({ "state": "finished" }))
        .on("GET /imports/im-1/result")
        .reply(200, json!({ "bookId": 7 }))
}

const IMPORT: [&str; 8] = [
    "POST /imports 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 200",
    "GET /imports/im-1/result 200",
];

mod failure;
mod looping;
mod pieces;
mod retry;
mod success;
mod waiting;
mod workflow;
