arazzo::arazzo_workflow!("./wrong-type.yml");

fn main() {}
