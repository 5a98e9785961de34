arazzo::arazzo_workflow!("./unknown-field.yml");

fn main() {}
