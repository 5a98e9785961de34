arazzo::arazzo_workflow!("./not-an-object.yml");

fn main() {}
