//! Limits that prevent a hostile file from exhausting the resources of a build.

/// Maximum nesting of a file.
pub const DEPTH: usize = 200;

/// Maximum size of a file in bytes. The largest known published descriptions have 12 MB.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Maximum number of nodes in a file once its aliases are followed.
pub const EXPANDED_NODES: u64 = 4_000_000;

/// Maximum nesting once aliases are followed.
pub const EXPANDED_DEPTH: u32 = 400;
