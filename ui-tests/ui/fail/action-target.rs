arazzo::arazzo_workflow!("./action-target.yml");

fn main() {}
