arazzo::arazzo_workflow!("./parameter-value-missing.yml");

fn main() {}
