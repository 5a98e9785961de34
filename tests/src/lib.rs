//! What the tests of the language share: an API that answers by a script.

#![forbid(unsafe_code)]
#![allow(clippy::expect_used, clippy::panic, reason = "a script that is wrong fails its test")]

pub mod script;
