arazzo::arazzo_workflow!("./criterion-version.yml");

fn main() {}
