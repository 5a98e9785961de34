//! The outputs of a run that has ended.

use super::program::{Frame, Program};
use super::{budget, error};
use crate::error::{Error, ErrorKind};

/// Returns the result of a run that has ended.
pub(crate) fn collected<O>(program: &dyn Program, collect: impl Fn(&Frame<'_>) -> Option<O>) -> Result<O, Error> {
    let mut outputs = None;
    collect_into(program, &mut |run| {
        outputs = collect(run);
        outputs.is_some()
    })?;
    outputs.ok_or_else(|| incomplete(program))
}

/// Collects outputs; `collect` returns whether there are any.
fn collect_into(program: &dyn Program, collect: &mut dyn FnMut(&Frame<'_>) -> bool) -> Result<(), Error> {
    match budget::within(|| collect(&program.frame())) {
        Ok(true) => Ok(()),
        Ok(false) => Err(incomplete(program)),
        Err(failure) => Err(ended(program, failure.kind, failure.message)),
    }
}

fn incomplete(program: &dyn Program) -> Error {
    let missing = "the run does not contain the outputs of the workflow";
    ended(program, ErrorKind::Stored, missing.to_owned())
}

fn ended(program: &dyn Program, kind: ErrorKind, message: String) -> Error {
    let error = error(program, kind, message).with(|inner| inner.sent = program.state().total > 0);
    #[cfg(feature = "tracing")]
    crate::trace::failed(&error);
    error
}
