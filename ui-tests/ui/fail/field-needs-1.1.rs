arazzo::arazzo_workflow!("./field-needs-1.1.yml");

fn main() {}
