arazzo::arazzo_workflow!("./malformed-description.yml");

fn main() {}
