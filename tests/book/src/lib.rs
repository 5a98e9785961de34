//! The Rust snippets of the README and of the pages in `docs/`, as doctests. A plain path in a snippet's macro call is
//! relative to this package, which has the documents.

macro_rules! pages {
    ($($name:ident $path:literal)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!($path)]
            mod $name {}
        )*
    };
}

pages! {
    authentication "../../../docs/authentication.md"
    documents "../../../docs/documents.md"
    errors "../../../docs/errors.md"
    files "../../../docs/files.md"
    getting_started "../../../docs/getting-started.md"
    lints "../../../docs/lints.md"
    observability "../../../docs/observability.md"
    retries "../../../docs/retries.md"
    runs "../../../docs/runs.md"
    testing "../../../docs/testing.md"
}
