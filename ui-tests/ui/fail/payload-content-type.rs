arazzo::arazzo_workflow!("./payload-content-type.yml");

fn main() {}
