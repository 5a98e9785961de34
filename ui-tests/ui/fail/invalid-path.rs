arazzo::arazzo_workflow!("./invalid-path.yml");

fn main() {}
