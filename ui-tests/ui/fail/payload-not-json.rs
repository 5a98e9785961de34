arazzo::arazzo_workflow!("./payload-not-json.yml");

fn main() {}
