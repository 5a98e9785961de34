arazzo::arazzo_workflow!("./double-quoted-string.yml");

fn main() {}
