//! Phase 3: regular expressions (ECMA-262).

/// Why a pattern cannot be compiled; a leading `(?i)`, `(?s)` or `(?m)` is read as flags.
#[cfg(feature = "regex")]
#[must_use]
pub fn error(pattern: &str) -> Option<String> {
    let flags = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let flags = flags.filter(|(flags, _)| !flags.is_empty() && flags.chars().all(|flag| "ims".contains(flag)));
    let (flags, pattern) = flags.unwrap_or(("", pattern));
    regress::Regex::with_flags(pattern, flags).err().map(|error| error.text)
}

/// Nothing is known about a pattern without the feature `regex`.
#[cfg(not(feature = "regex"))]
#[must_use]
pub fn error(_: &str) -> Option<String> {
    None
}
