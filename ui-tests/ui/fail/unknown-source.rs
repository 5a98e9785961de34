arazzo::arazzo_workflow!("./unknown-source.yml");

fn main() {}
