arazzo::arazzo_workflow!("./duplicate-operation-id.yml");

fn main() {}
