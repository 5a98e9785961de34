//! Says whether the corpus of published documents is at hand.

use std::path::Path;

fn main() {
    let description = Path::new("../../../shared/corpus/stytch/openapi/stytch-consumer-openapi.yml");
    println!("cargo::rerun-if-changed=../../../shared/corpus/stytch/openapi");
    println!("cargo::rerun-if-changed=build.rs");
    if description.exists() {
        println!("cargo::rustc-cfg=corpus");
    }
}
