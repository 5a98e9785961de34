//! Code that decides what a step does next.

use super::code::{Code, literal, quote};

use super::step::{read_body, reads_body};
use super::value::Scope;
use crate::plan::{Action, ActionKind, Detour, Read, Workflow, body_pointers};

/// What the criteria of actions read.
pub(super) fn reads(actions: &[Action]) -> Vec<&Read> {
    let mut reads: Vec<&Read> = Vec::new();
    for action in actions {
        let criteria = action.criteria.iter();
        criteria.for_each(|criterion| criterion.test.visit(&mut |read| reads.push(read)));
    }
    reads
}

/// Statements that choose among actions; `None` if there are none.
pub(super) fn actions(actions: &[Action], success: bool, index: usize, workflow: &Workflow) -> Option<Code> {
    if actions.is_empty() {
        return None;
    }
    let pointers = body_pointers(reads(actions));
    let read = read_body(&pointers);
    let scope = Scope { workflow, pointers };
    let step = literal(index);
    let mut choices = Code::new();
    let mut decided = false;
    for (position, action) in actions.iter().enumerate() {
        let Some(taken) = taken(&action.kind) else { continue };
        let mut conditions: Vec<Code> = action
            .criteria
            .iter()
            .map(|criterion| {
                let inner = scope.check(&criterion.test);
                let text = &criterion.text;
                let (line, column) = (literal(criterion.place.0), literal(criterion.place.1));
                if reads_body(&criterion.test) {
                    return quote!(exchange.met_of(found.problem(), #inner, #text, #line, #column));
                }
                quote!(exchange.met(#inner, #text, #line, #column))
            })
            .collect();
        if let ActionKind::Retry { limit, .. } = &action.kind {
            let (position, limit) = (literal(position), literal(*limit));
            conditions.push(quote!(exchange.retry(#step, #position, #limit)));
        }
        let taken = if success { taken } else { quote!(Some(#taken)) };
        let name = &action.name;
        if conditions.is_empty() {
            choices.extend(quote!(exchange.take(#name); #taken));
            decided = true;
            break;
        }
        choices.extend(quote!(if #(#conditions)&&* { exchange.take(#name); return #taken; }));
    }
    if !decided {
        choices.extend(if success {
            quote!(__rt::Action::Next)
        } else {
            quote!(None)
        });
    }
    Some(quote!(#read #choices))
}

/// Code of an action that is taken.
fn taken(kind: &ActionKind) -> Option<Code> {
    Some(match kind {
        ActionKind::End => quote!(__rt::Action::End),
        ActionKind::Goto(to) => {
            let to = literal(*to);
            quote!(__rt::Action::Goto(#to))
        }
        ActionKind::Leave(site) => {
            let site = literal(*site);
            quote!(__rt::Action::Leave(#site))
        }
        ActionKind::Retry { after, detour, .. } => {
            let detour = match detour {
                None => quote!(None),
                Some(Detour::Step(step)) => {
                    let step = literal(*step);
                    quote!(Some(__rt::Detour::Step(#step)))
                }
                Some(Detour::Call(site)) => {
                    let site = literal(*site);
                    quote!(Some(__rt::Detour::Call(#site)))
                }
            };
            let after = match after {
                Some(seconds) => {
                    let seconds = literal(*seconds);
                    quote!(Some(#seconds))
                }
                None => quote!(None),
            };
            quote!(__rt::Action::Retry(#after, #detour))
        }
        ActionKind::Invalid => return None,
    })
}
