//! What may differ, and why.

/// Document, step (empty: all), a part of the problem, the reason.
pub const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[];

/// Whether a problem is a known one.
pub fn excused(document: &str, step: &str, problem: &str) -> Option<usize> {
    EXCEPTIONS
        .iter()
        .position(|(of, at, part, _)| document.contains(of) && (at.is_empty() || *at == step) && problem.contains(part))
}
