arazzo::arazzo_workflow!("./unsupported-version.yml");

fn main() {}
