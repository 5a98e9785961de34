//! Reads components, and references to them.

use super::action::read_action;
use super::fields::Fields;
use super::request::read_parameter;
use super::{Components, Reusable, Version};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::Cursor;

pub(super) fn read_components<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Components<'a> {
    let Some(mut fields) = Fields::new(at, "Components Object", version, diagnostics) else {
        return Components::default();
    };
    let inputs = fields.map("inputs");
    let parameters = fields.map("parameters");
    let success = fields.map("successActions");
    let failure = fields.map("failureActions");
    fields.finish();
    for entry in inputs.iter().chain(&parameters).chain(&success).chain(&failure) {
        if !is_key(entry.key) {
            let message = format!(
                "the component key `{}` has characters other than letters, digits, `.`, `-` and `_`",
                entry.key
            );
            diagnostics.push(Diagnostic::new(&rule::INVALID_COMPONENT_KEY, entry.key_span, message));
        }
    }
    Components {
        inputs,
        parameters: parameters
            .into_iter()
            .filter_map(|entry| Some((entry, read_parameter(entry.value, version, diagnostics)?)))
            .collect(),
        success_actions: success
            .into_iter()
            .filter_map(|entry| Some((entry, read_action(entry.value, true, version, diagnostics)?)))
            .collect(),
        failure_actions: failure
            .into_iter()
            .filter_map(|entry| Some((entry, read_action(entry.value, false, version, diagnostics)?)))
            .collect(),
    }
}

/// `^[a-zA-Z0-9\.\-_]+$`, the keys that the specification allows for components and outputs.
#[must_use]
pub fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

pub(super) fn read_reusable<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Reusable<'a>> {
    let mut fields = Fields::new(at, "Reusable Object", version, diagnostics)?;
    let reference = fields.required_text("reference");
    let value = fields.optional("value");
    fields.finish_with(&rule::REUSABLE_UNKNOWN_FIELD);
    Some(Reusable {
        reference: reference?,
        value,
    })
}
