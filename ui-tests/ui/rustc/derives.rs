mod relative {
    arazzo::arazzo_workflow!("../fail/unknown-option.yml", derives = [ToSchema]);
}

mod twice {
    arazzo::arazzo_workflow!("../fail/unknown-option.yml", derives = [Eq, Eq]);
}

mod missing {
    arazzo::arazzo_workflow!("../fail/unknown-option.yml", derives = [crate::Missing]);
}

fn main() {}
