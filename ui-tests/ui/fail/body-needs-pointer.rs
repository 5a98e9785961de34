arazzo::arazzo_workflow!("./body-needs-pointer.yml");

fn main() {}
