arazzo::arazzo_workflow!("../fail/there-is-no-such-file.yml");

fn main() {}
