arazzo::arazzo_workflow!("./replacement-without-payload.yml");

fn main() {}
