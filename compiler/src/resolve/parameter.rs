//! The parameters of a step.

use super::value::Place;
use super::{Argument, Scope, same};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Direction, Location, OrReusable, Text};
use crate::openapi::Operation;
use crate::program::path_names;

impl<'a> Scope<'a, '_> {
    pub(super) fn parameter_object(
        &mut self,
        parameter: &OrReusable<'a, document::Parameter<'a>>,
    ) -> Option<document::Parameter<'a>> {
        let reusable = match parameter {
            OrReusable::Here(parameter) => return Some(parameter.clone()),
            OrReusable::Reusable(reusable) => reusable,
        };
        let name = self.component_name(reusable, "parameters")?;
        let list = &self.document.components.parameters;
        let Some((_, found)) = list.iter().find(|(entry, _)| entry.key == name) else {
            if !self.component_is_written("parameters", &name) {
                self.unknown_component(reusable, "parameters", &name, list.iter().map(|(entry, _)| entry.key));
            }
            return None;
        };
        let mut found = found.clone();
        if let Some(value) = reusable.value {
            found.value = value.value;
        }
        Some(found)
    }

    /// Returns the values of the parameters, and whether all parameters could be read. `channel` is what a step on a
    /// channel does.
    pub(super) fn arguments(
        &mut self,
        step: &'a document::Step<'a>,
        operation: &Operation<'a>,
        channel: Option<Direction>,
    ) -> (Vec<Argument<'a>>, bool) {
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        let mut arguments: Vec<Argument<'a>> = Vec::new();
        let mut own = 0;
        let mut complete = true;
        let is_same = same(channel.is_some());
        for (list, shared) in [(&step.parameters, false), (&self.workflow.parameters, true)] {
            for parameter in list {
                let Some(parameter) = self.parameter_object(parameter) else {
                    complete = false;
                    continue;
                };
                self.literal_braces(parameter.name.value, parameter.name.span(), "the name of a parameter");
                let Some(location) = self.location(&parameter, operation, channel.is_some()) else {
                    complete = false;
                    continue;
                };
                if channel.is_some_and(|direction| !is_on_channel(location, direction)) {
                    if shared {
                        self.shared_parameter_off_channel(parameter.name, location, step);
                    } else {
                        complete = false;
                        self.channel_parameter(step, parameter.name, location);
                    }
                    continue;
                }
                let name = parameter.name.value;
                let is_content_type = location == Location::Header && name.eq_ignore_ascii_case("content-type");
                let has_payload = step.request_body.as_ref().is_some_and(|body| body.payload.is_some());
                // If there is a body, this is the content type of the body, unless it is computed.
                let literal = parameter.value.as_str().is_some_and(|text| !text.contains('$'));
                if is_content_type && has_payload && literal {
                    continue;
                }
                if location == Location::Path && shared && !path_names(operation).contains(&name) {
                    self.shared_parameter_without_place(parameter.name, step, operation);
                    continue;
                }
                let meant = self.path_name_meant(parameter.name, location, step, operation);
                let name = meant.unwrap_or(name);
                let same = |known: &Argument<'a>| is_same(&known.name, known.location, name, location);
                if let Some(index) = arguments.iter().position(same) {
                    if !shared || index >= own {
                        let message = format!("duplicate parameter `{name}` in {}", location.word());
                        let first = arguments[index].span;
                        self.diagnostics.push(
                            Diagnostic::new(&rule::DUPLICATE_PARAMETER, parameter.name.span(), message)
                                .related(first, "first defined here")
                                .help("remove one of them"),
                        );
                    }
                    continue;
                }
                let declared = operation
                    .parameters
                    .iter()
                    .find(|known| is_same(known.name, known.location, name, location))
                    .cloned();
                let value = self.value(parameter.value, &place);
                arguments.push(Argument {
                    name: name.to_owned(),
                    span: parameter.name.span(),
                    location,
                    declared,
                    value,
                });
            }
            own = arguments.len();
        }
        (arguments, complete)
    }

    /// Finds the placeholder in the path that a parameter was meant for if its name has no placeholder: the one with a
    /// similar name and without a value. Only if the user has lowered the rule.
    fn path_name_meant<'o>(
        &mut self,
        name: Text<'a>,
        location: Location,
        step: &document::Step<'a>,
        operation: &Operation<'o>,
    ) -> Option<&'o str> {
        let names = crate::syntax::path_template::names(operation.path);
        if location != Location::Path
            || names.contains(&name.value)
            || self.diagnostics.denies(&rule::UNKNOWN_PATH_PARAMETER)
        {
            return None;
        }
        let given: Vec<&str> = step
            .parameters
            .iter()
            .filter_map(|parameter| Some(self.parameter_object(parameter)?.name.value))
            .collect();
        let is_letter = |letter: char| letter.is_alphanumeric() || "_-.".contains(letter);
        let open = names
            .into_iter()
            .filter(|wanted| !given.contains(wanted) && wanted.chars().all(is_letter));
        let meant = similar(name.value, open)?;
        let message = format!("unknown path parameter `{}`; it is sent as `{meant}`", name.value);
        self.diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PATH_PARAMETER, name.span(), message).help(format!("write `{meant}`")),
        );
        Some(meant)
    }

    /// Reports a parameter that a step on a channel cannot have.
    fn channel_parameter(&mut self, step: &document::Step<'a>, name: Text<'a>, location: Location) {
        let (message, help) = if location == Location::Header {
            (
                format!("step `{}` receives a message and cannot set its headers", step.id.value),
                "to check a header, use `$message.header.NAME` in `successCriteria`",
            )
        } else {
            (
                format!(
                    "step `{}` uses a channel, which has no parameters in its {}",
                    step.id.value,
                    location.word()
                ),
                "use `in: header` for a header of the message, or `in: path` for a parameter of the address",
            )
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::CHANNEL_PARAMETER, name.span(), message).help(help));
    }

    /// Reports a parameter of the workflow that a step on a channel cannot have. Other steps may use it.
    fn shared_parameter_off_channel(&mut self, name: Text<'a>, location: Location, step: &document::Step<'a>) {
        let message = format!(
            "the {} parameter `{}` is not sent in step `{}`, which uses a channel",
            location.word(),
            name.value,
            step.id.value
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PARAMETER, name.span(), message)
                .help("move the parameter to the steps that use it"),
        );
    }

    /// Reports a parameter of the workflow without a placeholder in the path of an operation. Other steps may use it.
    fn shared_parameter_without_place(&mut self, name: Text<'a>, step: &document::Step<'a>, operation: &Operation<'a>) {
        let message = format!(
            "the path parameter `{}` is not sent in step `{}`: the path of `{}` has no placeholder for it",
            name.value, step.id.value, operation.path
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PARAMETER, name.span(), message)
                .help("move the parameter to the steps that use it"),
        );
    }

    fn location(
        &mut self,
        parameter: &document::Parameter<'a>,
        operation: &Operation<'a>,
        on_channel: bool,
    ) -> Option<Location> {
        if let Some((location, _)) = parameter.location {
            return Some(location);
        }
        let name = parameter.name.value;
        let declared: Vec<Location> = operation
            .parameters
            .iter()
            .filter(|known| known.name == name)
            .map(|known| known.location)
            .collect();
        if parameter.says_location {
            return declared.first().copied();
        }
        // In the address of a channel, a parameter needs no `in`.
        if on_channel && path_names(operation).contains(&name) {
            return Some(Location::Path);
        }
        let message = format!("missing `in` of the parameter `{name}`");
        let help = match declared.first() {
            Some(location) => format!("add `in: {}`", location.word()),
            None if on_channel => "add `in: header` or `in: path`".to_owned(),
            None => "add `in: path`, `in: query`, `in: header` or `in: cookie`".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::PARAMETER_IN_MISSING, parameter.name.span(), message).help(help));
        declared.first().copied()
    }
}

/// Returns whether a parameter can be part of a message, or of the address of its channel.
fn is_on_channel(location: Location, direction: Direction) -> bool {
    match location {
        Location::Path => true,
        Location::Header => direction == Direction::Send,
        Location::Query | Location::QueryString | Location::Cookie => false,
    }
}
