//! Copies of remote files in the package, as `cargo arazzo vendor` makes them.
//!
//! The lock file lists them: `{ "version": 1, "files": [{ "url": "https://…", "file": "arazzo/…", "sha256": "…" }] }`. Paths are
//! relative to its directory.

use super::Options;
use crate::source::{Cursor, Library, Sources, join};

/// The path of the lock file, relative to the package.
pub const LOCK: &str = "vendor/arazzo.lock";

/// Returns the path of the copy of a remote file, if the lock file has one. The lock file then is one of the files of the
/// compilation, so that a change of it is a reason to compile again.
pub(super) fn vendored(url: &str, options: &Options, library: &dyn Library, sources: &mut Sources) -> Option<String> {
    // Messages name the lock file only by way of the files in it, so one that cannot be read is as none.
    let file = library.open(&options.on_disk(LOCK)).ok()?;
    let id = sources.add(&options.label(LOCK), LOCK, file);
    let root = sources.root(id)?;
    if root.get("version").and_then(Cursor::scalar_text) != Some("1") {
        return None;
    }
    let mut files = root.get("files").into_iter().flat_map(Cursor::items);
    let of_url = files.find(|at| at.get("url").and_then(Cursor::as_str) == Some(url))?;
    let path = of_url.get("file").and_then(Cursor::as_str)?;
    is_copy(path).then(|| join(LOCK, path))
}

/// Returns whether a path of the lock file stays in the directory of the lock file.
#[must_use]
pub fn is_copy(path: &str) -> bool {
    !path.contains(['\\', ':']) && path.split('/').all(|part| !["", ".", ".."].contains(&part))
}
