//! Workflows that call workflows, detours of retries, hand-overs, dependencies, and time limits.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo::{ErrorKind, Progress};
use arazzo_tests::script::{Script, book, exactly, in_pieces};
use serde_json::{Value, json};

mod depends {
    arazzo::arazzo_workflow!("language/depends.yml");
}
mod detours {
    arazzo::arazzo_workflow!("language/detours.yml");
}
mod handover {
    arazzo::arazzo_workflow!("language/handover.yml");
}
mod handover_parameters {
    arazzo::arazzo_workflow!("language/handover-parameters.yml");
}
mod nested {
    arazzo::arazzo_workflow!("language/nested.yml");
}
mod nested_criteria {
    arazzo::arazzo_workflow!("language/nested-criteria.yml");
}
mod order {
    arazzo::arazzo_workflow!("language/order.yml");
}
mod timeouts {
    arazzo::arazzo_workflow!("language/timeouts.yml");
}

use detours::{renew_by_step, renew_by_workflow};
use handover::{leave_note, lend_or_queue, queue_or_log, remove_or_note};
use nested::{borrow, borrow_in_common, borrow_or_visit, borrow_shortly, borrow_with_patience, report_reader};
use nested_criteria::choose_by_output;
use order::{jump_over, sort_steps};

fn problem(message: &str) -> Value {
    json!({ "message": message })
}

fn token(token: &str) -> Value {
    json!({ "token": token })
}

fn loan() -> Value {
    json!({ "loanId": 31 })
}

mod dependencies;
mod detouring;
mod limits;
mod onwards;
mod steps;
