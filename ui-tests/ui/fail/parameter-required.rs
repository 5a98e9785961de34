arazzo::arazzo_workflow!("./parameter-required.yml");

fn main() {}
