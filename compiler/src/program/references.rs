//! Every reference of a step, and when it is evaluated.

use super::{Act, Reference, Workflow};

/// When an expression in a step is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// When the request is built.
    Request,
    /// After the response has arrived.
    Response,
    /// An output of the step.
    StepOutput,
}

/// Returns all references of a step, and when each is evaluated.
#[must_use]
pub fn step_references<'w>(workflow: &'w Workflow<'_>, index: usize) -> Vec<(&'w Reference, Place)> {
    let Some(step) = workflow.steps.get(index) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut sent = |reference| all.push((reference, Place::Request));
    if let Act::Channel(exchange) = &step.act {
        exchange.correlation.iter().for_each(|value| value.visit(&mut sent));
    }
    if let Some(request) = step.act.request() {
        let body = request.body.as_ref();
        let replaced = body.into_iter().flat_map(|body| &body.replacements);
        let arguments = request.arguments.iter().map(|argument| &argument.value);
        let values = arguments
            .chain(replaced.map(|(_, value)| value))
            .chain(body.map(|body| &body.payload));
        values.for_each(|value| value.visit(&mut sent));
    }
    if let Act::Workflow(invocation) = &step.act {
        invocation
            .arguments
            .iter()
            .for_each(|(_, value)| value.visit(&mut sent));
    }
    let mut read = |reference| all.push((reference, Place::Response));
    step.criteria
        .iter()
        .for_each(|criterion| criterion.test.visit(&mut read));
    for action in step.on_success.iter().chain(&step.on_failure) {
        let arguments = action.kind.invocation().into_iter().flat_map(|call| &call.arguments);
        arguments.for_each(|(_, value)| value.visit(&mut read));
        action
            .criteria
            .iter()
            .for_each(|criterion| criterion.test.visit(&mut read));
    }
    let mut kept = |reference| all.push((reference, Place::StepOutput));
    step.outputs.iter().for_each(|output| output.value.visit(&mut kept));
    all
}
