arazzo::arazzo_workflow!("./duplicate-depends-on.yml");

fn main() {}
