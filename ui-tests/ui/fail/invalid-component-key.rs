arazzo::arazzo_workflow!("./invalid-component-key.yml");

fn main() {}
