arazzo::arazzo_workflow!("./unknown-root.yml");

fn main() {}
