arazzo::arazzo_workflow!("./self-with-fragment.yml");

fn main() {}
