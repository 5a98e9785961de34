//! Nothing of its own; `Cargo.toml` says why it is there.
