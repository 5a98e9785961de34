//! The tests of this package are in `tests/`, the documents in `ui-tests/ui/engines`.
