arazzo::arazzo_workflow!("./unsupported.yml");

fn main() {}
