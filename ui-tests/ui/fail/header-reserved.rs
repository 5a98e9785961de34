arazzo::arazzo_workflow!("./header-reserved.yml");

fn main() {}
