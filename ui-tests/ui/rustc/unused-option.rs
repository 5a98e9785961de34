arazzo::arazzo_workflow!("../fail/unused-option.yml", rename = { "shelf" = put_away });

fn main() {}
