arazzo::arazzo_workflow!("./source-syntax.yml");

fn main() {}
