arazzo::arazzo_workflow!("./parameter-in-missing.yml");

fn main() {}
