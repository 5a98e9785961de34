arazzo::arazzo_workflow!("./impossible-response-pointer.yml");

fn main() {}
