//! The message that a run waits for: what the run is at, and giving it one.

use super::budget;
use crate::client::Settings;
use crate::engine::program::Program;
use crate::message::channel::Wanted;
use crate::message::draft::Draft;
use crate::message::envelope::Message;
use crate::message::mailboxes::Position;
use crate::progress::{Refusal, UnexpectedMessage};
use crate::run::state::{Awaited, Stage};
use crate::wire::received::Received;

/// Returns whether the run waits for a message, or the one that it has called.
pub(super) fn is_waiting(program: &dyn Program) -> bool {
    let waits = |awaited: &Awaited| awaited.entered && awaited.message.is_none();
    match program.state().child() {
        Some(child) => is_waiting(&*child.0),
        None => program.state().awaited.as_ref().is_some_and(waits),
    }
}

/// Returns the position of a run, also while a message is waited for. It tells a run that was stored before it had taken a
/// message from one that was stored afterwards.
pub(crate) fn position(program: &dyn Program) -> Position {
    let mut runs = Vec::new();
    let mut current = Some(program);
    while let Some(program) = current {
        let state = program.state();
        runs.push((state.visit, state.total));
        current = state.child().map(|child| &*child.0);
    }
    Position {
        runs,
        waits: is_waiting(program),
    }
}

/// Gives a message to the run that waits for one: this run, or the one that it has called.
pub(crate) fn deliver(program: &mut dyn Program, message: Message) -> Result<(), UnexpectedMessage> {
    let (Stage::Step(step)
    | Stage::DetourStep {
        other: step,
        called: None,
        ..
    }) = program.state().stage
    else {
        return match program.child() {
            Some(child) => deliver(child, message),
            None => Err(refused(Refusal::NotWaiting, message)),
        };
    };
    let channel = program.shape().steps.get(step).and_then(|step| step.channel);
    let Some(channel) = channel.filter(|channel| !channel.sends) else {
        return Err(refused(Refusal::NotWaiting, message));
    };
    if program
        .state()
        .awaited
        .as_ref()
        .is_some_and(|awaited| awaited.message.is_some())
    {
        return Err(refused(Refusal::NotWaiting, message));
    }
    let mut draft = Draft::new(channel);
    let Ok(Ok(())) = budget::within(|| program.message(step, &mut draft)) else {
        return Err(refused(Refusal::NotWaiting, message));
    };
    let (address, id) = draft.into_address();
    if !message.address.is_empty() && message.address != address {
        return Err(refused(Refusal::Address, message));
    }
    let wanted = Wanted {
        locations: channel.correlation,
        id,
    };
    if !wanted.matches(&message) {
        return Err(refused(Refusal::Correlation, message));
    }
    program.state_mut().awaited.get_or_insert_default().message = Some(message);
    Ok(())
}

fn refused(refusal: Refusal, message: Message) -> UnexpectedMessage {
    UnexpectedMessage {
        refusal,
        message: Box::new(message),
    }
}

/// Acknowledges the messages that a run has taken, which the caller continues from here: it has stored the run.
pub(crate) async fn resumed(program: &dyn Program, settings: &Settings) {
    if settings.has_brokers {
        // Most runs have no broker, and do not reserve space for this.
        let acknowledging = async {
            let position = position(program);
            let mailboxes = &settings.mailboxes;
            mailboxes.acknowledge(program.state().id, &position, true).await
        };
        // If the broker cannot be told, it delivers the message again; no run waits for it.
        let _ = Box::pin(acknowledging).await;
    }
}

/// Keeps a message that a step has received, and after which the run could not go on. It does not arrive again: the step
/// evaluates it once more.
pub(super) fn keep(program: &mut dyn Program, received: Option<Received>) {
    if let Some(Received::Message(channel, message)) = received
        && !channel.sends
    {
        program.state_mut().awaited = Some(Awaited {
            message: Some(*message),
            ..Awaited::default()
        });
    }
}
