arazzo::arazzo_workflow!("./path-parameter-required.yml");

fn main() {}
