arazzo::arazzo_workflow!("./output-without-body.yml");

fn main() {}
