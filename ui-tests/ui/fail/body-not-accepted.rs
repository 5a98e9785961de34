arazzo::arazzo_workflow!("./body-not-accepted.yml");

fn main() {}
