arazzo::arazzo_workflow!("./source-not-local.yml");

fn main() {}
