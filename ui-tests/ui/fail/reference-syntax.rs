arazzo::arazzo_workflow!("./reference-syntax.yml");

fn main() {}
