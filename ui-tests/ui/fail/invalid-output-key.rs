arazzo::arazzo_workflow!("./invalid-output-key.yml");

fn main() {}
