arazzo::arazzo_workflow!("./content-type-invalid.yml");

fn main() {}
