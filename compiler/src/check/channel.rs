//! Rules about channels.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Direction;
use crate::program::{Act, Exchange, Program, Workflow};

/// Reports an operation with a reply that no step receives. The step that receives it can be one of another workflow, which
/// calls this one or is called by it.
pub(super) fn reply_not_received(program: &Program<'_>, workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    let everywhere = || program.workflows.iter().flat_map(|workflow| &workflow.steps);
    // A step that could not be resolved may have meant to receive it.
    if everywhere().any(|step| matches!(step.act, Act::Unresolved)) {
        return;
    }
    for step in &workflow.steps {
        let Some(exchange) = exchange(&step.act, Direction::Send) else {
            continue;
        };
        let Some(reply) = &exchange.reply else {
            continue;
        };
        let mut received = everywhere().filter_map(|step| exchange_of(&step.act, exchange.request.api));
        let (is_received, help) = match reply.channel {
            Some(channel) => (
                received.any(|other| other.channel.at.span() == channel.span()),
                "add a step with `action: receive` and the `channelPath` of the channel of the reply",
            ),
            // The description does not say where it arrives, so it may be any channel.
            None => (
                received.next().is_some(),
                "add a step with `action: receive` and the `channelPath` of a channel with an address",
            ),
        };
        if !is_received {
            let message = format!(
                "no step receives the reply of the operation `{}`",
                exchange.request.operation.id.unwrap_or_default()
            );
            diagnostics.push(
                Diagnostic::new(&rule::CHANNEL_REPLY, step.text.id.span(), message)
                    .related(reply.at.span(), "the reply")
                    .help(help),
            );
        }
    }
}

/// Returns what a step receives from the channels of an API.
fn exchange_of<'s, 'a>(act: &'s Act<'a>, api: usize) -> Option<&'s Exchange<'a>> {
    exchange(act, Direction::Receive).filter(|exchange| exchange.request.api == api)
}

fn exchange<'s, 'a>(act: &'s Act<'a>, direction: Direction) -> Option<&'s Exchange<'a>> {
    match act {
        Act::Channel(exchange) if exchange.direction == direction => Some(exchange),
        _ => None,
    }
}
