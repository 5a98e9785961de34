arazzo::arazzo_workflow!("../fail/unknown-option.yml", workflow = ["shelve"]);

fn main() {}
