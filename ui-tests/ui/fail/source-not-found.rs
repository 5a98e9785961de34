arazzo::arazzo_workflow!("./there-is-no-such-file.yml");

fn main() {}
