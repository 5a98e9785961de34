arazzo::arazzo_workflow!("./empty-list.yml");

fn main() {}
