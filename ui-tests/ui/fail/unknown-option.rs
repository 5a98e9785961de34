arazzo::arazzo_workflow!("./unknown-step.yml", workflow = ["shelve"]);

fn main() {}
