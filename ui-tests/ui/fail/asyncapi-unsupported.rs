arazzo::arazzo_workflow!("./asyncapi-unsupported.yml");

fn main() {}
