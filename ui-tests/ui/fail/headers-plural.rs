arazzo::arazzo_workflow!("./headers-plural.yml");

fn main() {}
