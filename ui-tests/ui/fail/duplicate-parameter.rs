arazzo::arazzo_workflow!("./duplicate-parameter.yml");

fn main() {}
