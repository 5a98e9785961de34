arazzo::arazzo_workflow!("./impossible-input-pointer.yml");

fn main() {}
