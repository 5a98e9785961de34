arazzo::arazzo_workflow!("./payload-member-required.yml");

fn main() {}
