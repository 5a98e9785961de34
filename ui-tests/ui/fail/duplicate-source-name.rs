arazzo::arazzo_workflow!("./duplicate-source-name.yml");

fn main() {}
