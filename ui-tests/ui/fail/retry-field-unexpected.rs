arazzo::arazzo_workflow!("./retry-field-unexpected.yml");

fn main() {}
