arazzo::arazzo_workflow!("./action-unexpected.yml");

fn main() {}
