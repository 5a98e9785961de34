arazzo::arazzo_workflow!("./querystring-with-query.yml");

fn main() {}
