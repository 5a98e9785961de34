arazzo::arazzo_workflow!("./reusable-value-unexpected.yml");

fn main() {}
