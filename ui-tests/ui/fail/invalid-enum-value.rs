arazzo::arazzo_workflow!("./invalid-enum-value.yml");

fn main() {}
