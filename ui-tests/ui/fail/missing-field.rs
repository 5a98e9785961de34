arazzo::arazzo_workflow!("./missing-field.yml");

fn main() {}
