arazzo::arazzo_workflow!("./unused-option.yml", rename = { "shelf" = put_away });

fn main() {}
