arazzo::arazzo_workflow!("./xpath31-feature.yml");

fn main() {}
