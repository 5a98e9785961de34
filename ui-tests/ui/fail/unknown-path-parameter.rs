arazzo::arazzo_workflow!("./unknown-path-parameter.yml");

fn main() {}
