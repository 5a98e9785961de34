arazzo::arazzo_workflow!("./unknown-option.yml", workflow = ["shelve"]);

fn main() {}
