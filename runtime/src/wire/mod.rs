//! Requests and answers: what a step sends, how it is written, and what is read of what comes back.

pub(crate) mod call;
pub(crate) mod exchange;
pub(crate) mod form;
pub(crate) mod style;
pub(crate) mod token;
