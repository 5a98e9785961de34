arazzo::arazzo_workflow!("./invalid-inputs-schema.yml");

fn main() {}
