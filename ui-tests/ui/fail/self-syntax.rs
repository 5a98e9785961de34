arazzo::arazzo_workflow!("./self-syntax.yml");

fn main() {}
