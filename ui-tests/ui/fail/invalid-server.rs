arazzo::arazzo_workflow!("./invalid-server.yml");

fn main() {}
