arazzo::arazzo_workflow!("./output-path-dotted.yml");

fn main() {}
