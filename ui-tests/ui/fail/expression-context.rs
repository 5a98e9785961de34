arazzo::arazzo_workflow!("./expression-context.yml");

fn main() {}
