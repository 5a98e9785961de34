arazzo::arazzo_workflow!("./yaml-syntax.yml");

fn main() {}
