//! Options: another file for a source description, another name for a workflow.
#![deny(warnings, missing_docs)]

arazzo::arazzo_workflow! {
    "./shelve.yml",
    sources = { shelf = "../api.yml" },
    workflows = ["shelve"],
    rename = { "shelve" = put_away },
}

fn main() {
    let _ = put_away::Inputs::new("Emma");
}
