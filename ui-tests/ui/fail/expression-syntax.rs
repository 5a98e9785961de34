arazzo::arazzo_workflow!("./expression-syntax.yml");

fn main() {}
