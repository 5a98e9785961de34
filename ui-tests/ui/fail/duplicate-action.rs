arazzo::arazzo_workflow!("./duplicate-action.yml");

fn main() {}
