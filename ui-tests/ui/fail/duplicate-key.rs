arazzo::arazzo_workflow!("./duplicate-key.yml");

fn main() {}
