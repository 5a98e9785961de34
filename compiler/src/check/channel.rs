//! Rules about the channels of a workflow.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Direction;
use crate::program::{Act, Exchange, Workflow};

/// Reports an operation with a reply that no step receives.
pub(super) fn reply_not_received(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    let exchanges = || {
        let steps = workflow.steps.iter();
        steps.filter_map(|step| match &step.act {
            Act::Channel(exchange) => Some((step.text, &**exchange)),
            _ => None,
        })
    };
    let sends = |exchange: &Exchange<'_>| exchange.direction == Direction::Send;
    // A step that could not be resolved may have meant to receive it.
    if workflow.steps.iter().any(|step| matches!(step.act, Act::Unresolved)) {
        return;
    }
    for (step, exchange) in exchanges().filter(|(_, exchange)| sends(exchange)) {
        let Some((operation, (reply, channel))) = exchange
            .operation
            .and_then(|operation| Some((operation, operation.reply()?)))
        else {
            continue;
        };
        let mut received = exchanges().filter(|(_, other)| !sends(other));
        if channel.is_some_and(|channel| received.any(|(_, other)| other.channel.at.span() == channel.span())) {
            continue;
        }
        let id = operation.id.unwrap_or_default();
        diagnostics.push(
            Diagnostic::new(
                &rule::CHANNEL_REPLY,
                reply.span(),
                format!("no step receives the reply of the operation `{id}`"),
            )
            .related(step.id.span(), "this step sends the request")
            .help("receive it in a step that names the channel of the reply in `channelPath`"),
        );
    }
}
