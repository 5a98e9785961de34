arazzo::arazzo_workflow!("./criterion-type.yml");

fn main() {}
