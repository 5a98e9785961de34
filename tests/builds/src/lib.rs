//! Packages and published documents that tests build; see `tests/packages` and `tests/requests`.
