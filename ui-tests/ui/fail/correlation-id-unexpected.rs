arazzo::arazzo_workflow!("./correlation-id-unexpected.yml");

fn main() {}
