//! Runs: stored, cut off, resumed, watched, scripted; and what an expansion reads like.
#![allow(clippy::module_inception, reason = "a workflow often has the name of what it tests")]

mod cancellation;
mod changed_runs;
mod derives;
mod enrolment;
mod faulty_runs;
mod generic_runs;
mod golden;
mod golden_runs;
mod idempotency;
mod many_steps;
mod observer;
mod scripted;
mod stored_forms;
mod stored_runs;
mod telemetry;
