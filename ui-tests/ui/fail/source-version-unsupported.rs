arazzo::arazzo_workflow!("./source-version-unsupported.yml");

fn main() {}
