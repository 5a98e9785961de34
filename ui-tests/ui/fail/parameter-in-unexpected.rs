arazzo::arazzo_workflow!("./parameter-in-unexpected.yml");

fn main() {}
