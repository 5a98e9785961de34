arazzo::arazzo_workflow!("./name-collision.yml");

fn main() {}
