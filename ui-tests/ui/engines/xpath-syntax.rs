arazzo::arazzo_workflow!("./xpath-syntax.yml");

fn main() {}
