arazzo::arazzo_workflow!("./unquoted-string.yml");

fn main() {}
