//! Limits that keep a hostile file from taking the build down.

/// Levels of nesting that a file may have.
pub const DEPTH: usize = 200;

/// Bytes that one file may have. The largest published descriptions known have 12 MB.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Nodes that a file may stand for once its aliases are followed.
pub const EXPANDED_NODES: u64 = 4_000_000;

/// Levels of nesting once aliases are followed.
pub const EXPANDED_DEPTH: u32 = 400;
