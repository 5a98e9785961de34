arazzo::arazzo_workflow!("./payload-type-mismatch.yml");

fn main() {}
