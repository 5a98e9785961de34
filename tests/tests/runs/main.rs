//! Runs: stored, cut off, resumed, watched, scripted; and what an expansion reads like.

mod cancellation;
mod changed_runs;
mod enrolment;
mod faulty_runs;
mod generic_runs;
mod golden;
mod golden_runs;
mod idempotency;
mod observer;
mod scripted;
mod stored_forms;
mod stored_runs;
