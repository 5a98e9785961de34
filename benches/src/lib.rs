//! What is measured, and what it is measured against.
//!
//! Every pair does the same work on the same bytes: it ends with the same outputs, which the tests
//! here make sure of.

pub mod canned;
pub mod enrolment;
pub mod expansion;
pub mod one_scalar;
pub mod order;
pub mod served;
