arazzo::arazzo_workflow!("./unknown-component.yml");

fn main() {}
