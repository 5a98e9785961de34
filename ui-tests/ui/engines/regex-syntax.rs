arazzo::arazzo_workflow!("./regex-syntax.yml");

fn main() {}
