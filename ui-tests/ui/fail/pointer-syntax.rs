arazzo::arazzo_workflow!("./pointer-syntax.yml");

fn main() {}
