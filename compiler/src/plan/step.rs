//! What a step sends, checks and does next.

use super::selection::qualified;
use super::types::{Ty, Types};
use super::{
    Act, Action, ActionKind, Body, Criterion, Detour, Parameter, PathPiece, Planner, Request, Step, Style, Value, field,
};
use crate::diagnostic::Diagnostics;
use crate::document::Location;
use crate::media::Format;
use crate::openapi::Operation;
use crate::program::{self, Destination};
use crate::status::{self, StatusSet};

/// The style of a parameter: as declared, or the default of its location.
pub(super) fn style(argument: &program::Argument<'_>) -> Style {
    let Some(declared) = &argument.declared else {
        let query = matches!(
            argument.location,
            Location::Query | Location::QueryString | Location::Cookie
        );
        return Style {
            form: if query { "Form" } else { "Simple" },
            explode: query,
            reserved: false,
        };
    };
    let form = match (declared.content, declared.style) {
        (Some(media), _) if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") => "Form",
        (Some(media), _) if crate::media::is_json(media) => "Json",
        (Some(_), _) => "Text",
        (None, "label") => "Label",
        (None, "matrix") => "Matrix",
        (None, "form") => "Form",
        (None, "cookie") => "Cookie",
        (None, "spaceDelimited") => "SpaceDelimited",
        (None, "pipeDelimited") => "PipeDelimited",
        (None, "tabDelimited") => "TabDelimited",
        (None, "deepObject") => "DeepObject",
        _ => "Simple",
    };
    Style {
        form,
        explode: declared.explode,
        reserved: declared.allow_reserved,
    }
}

pub(super) fn path_pieces(operation: &Operation<'_>, value: impl Fn(&str) -> Option<(Value, Style)>) -> Vec<PathPiece> {
    use crate::syntax::path_template::Piece;
    let pieces = crate::syntax::path_template::pieces(&operation.template).into_iter();
    pieces
        .map(|piece| match piece {
            Piece::Literal(text) => PathPiece::Text(text.to_owned()),
            Piece::Name(name) => match value(name) {
                Some((value, style)) => PathPiece::Value(name.to_owned(), value, style),
                None => PathPiece::Text(format!("{{{name}}}")),
            },
        })
        .collect()
}

/// The error responses of a step whose bodies are JSON with their own types.
pub(super) fn errors(step: &program::Step<'_>, variant: &str, types: &mut Types) -> Vec<(String, String, Ty)> {
    let program::Act::Http(request) = &step.act else {
        return Vec::new();
    };
    let mut found: Vec<(String, String, Ty)> = Vec::new();
    for response in &request.operation.responses {
        let known = found.iter().any(|(status, ..)| status == response.status);
        let mut media = response.media.iter().filter(|media| crate::media::is_json(media.name));
        let Some(schema) = media.next().and_then(|media| media.schema).filter(|_| !known) else {
            continue;
        };
        if response.status.starts_with('2') || response.status.starts_with('3') {
            continue;
        }
        let name = if response.status == "default" {
            "Default".to_owned()
        } else {
            format!("Status{}", response.status.to_uppercase())
        };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let ty = types.of(schema, &format!("{variant}-error-{}", response.status), true);
        if ty != Ty::Json {
            found.push((response.status.to_owned(), name, ty));
        }
    }
    found
}

/// Sets the steps that receive a message and that a run can reach from each step.
pub(super) fn set_receives(steps: &mut [Step]) {
    if steps.iter().all(|step| step.exchange().is_none()) {
        return;
    }
    for index in 0..steps.len() {
        steps[index].receives = receiving_from(steps, index);
    }
}

/// Returns the steps that receive a message and that a run can reach from a step, the step among them.
fn receiving_from(steps: &[Step], start: usize) -> Vec<usize> {
    let mut seen = vec![false; steps.len()];
    let mut stack = vec![start];
    while let Some(index) = stack.pop() {
        let Some(step) = steps.get(index).filter(|_| !seen[index]) else {
            continue;
        };
        seen[index] = true;
        stack.extend(step.next);
        let actions = step.on_success.iter().chain(&step.on_failure);
        stack.extend(actions.filter_map(|action| match action.kind {
            ActionKind::Goto(step)
            | ActionKind::Retry {
                detour: Some(Detour::Step(step)),
                ..
            } => Some(step),
            _ => None,
        }));
    }
    let receives = |index: &usize| steps[*index].exchange().is_some_and(|exchange| !exchange.sends);
    (0..steps.len()).filter(|index| seen[*index]).filter(receives).collect()
}

impl<'a> Planner<'_, 'a> {
    pub(super) fn step(
        &self,
        index: usize,
        (ident, variant): (String, String),
        types: &mut Types,
        diagnostics: &mut Diagnostics,
    ) -> Step {
        let step = &self.workflow.steps[index];
        let id = step.text.id.value;
        Step {
            id: id.to_owned(),
            place: self.place(step.text.id.span()),
            ident,
            act: match &step.act {
                program::Act::Http(_) => self
                    .request(step, index)
                    .map_or(Act::Unresolved, |request| Act::Http(Box::new(request))),
                program::Act::Workflow(invocation) => {
                    self.site(invocation, index).map_or(Act::Unresolved, Act::Workflow)
                }
                program::Act::Channel(exchange) => self
                    .exchange(exchange, index)
                    .map_or(Act::Unresolved, |exchange| Act::Channel(Box::new(exchange))),
                program::Act::Unresolved => Act::Unresolved,
            },
            next: {
                let position = self.workflow.order.iter().position(|known| *known == index);
                position.and_then(|position| self.workflow.order.get(position + 1).copied())
            },
            after: step.depends_on.clone(),
            calls: match &step.act {
                program::Act::Http(call) => format!("{} {}", call.operation.method, call.operation.path),
                program::Act::Workflow(invocation) => {
                    format!("workflow {}", qualified(&self.program.workflows[invocation.target]))
                }
                program::Act::Channel(exchange) => format!("{} {}", exchange.direction.word(), exchange.channel.name),
                program::Act::Unresolved => String::new(),
            },
            needs: self.required_inputs(
                program::step_references(self.workflow, index)
                    .into_iter()
                    .map(|(reference, _)| reference),
            ),
            criteria: step
                .criteria
                .iter()
                .filter_map(|criterion| self.criterion(criterion, index))
                .collect(),
            outputs: {
                let prefix = format!("{}.steps.{id}.outputs.", qualified(self.workflow));
                self.outputs(&step.outputs, Some(index), (&variant, prefix), types, diagnostics)
            },
            on_success: self.actions(&step.on_success, index, status::success(step)),
            on_failure: self.actions(&step.on_failure, index, StatusSet::all()),
            timeout: step.timeout,
            whole: false,
            errors: Vec::new(),
            reachable: true,
            receives: Vec::new(),
            description: step.text.description.map(|text| text.value.to_owned()),
            variant,
        }
    }

    fn request(&self, step: &program::Step<'a>, index: usize) -> Option<Request> {
        let program::Act::Http(call) = &step.act else {
            return None;
        };
        let program::Request {
            api,
            operation,
            arguments,
            body,
            ..
        } = &**call;
        let value = |value: &program::Value| self.value(value, Some(index));
        let path = path_pieces(operation, |wanted| {
            arguments
                .iter()
                .find(|argument| argument.location == Location::Path && argument.name == wanted)
                .and_then(|argument| Some((value(&argument.value)?, style(argument))))
        });
        let mut parameters = Vec::new();
        for argument in arguments.iter().filter(|argument| argument.location != Location::Path) {
            parameters.push(Parameter {
                name: argument.name.clone(),
                location: argument.location,
                required: argument.declared.as_ref().is_some_and(|declared| declared.required),
                value: value(&argument.value)?,
                style: style(argument),
            });
        }
        let body = match body {
            Some(body) => Some(self.body(body, index)?),
            None => None,
        };
        let mut request = Request {
            source: self.program.apis.get(*api)?.client.clone(),
            name: operation
                .id
                .map_or_else(|| format!("{} {}", operation.method, operation.path), str::to_owned),
            method: operation.method.clone(),
            server: operation.server.clone(),
            security: Vec::new(),
            responses: operation
                .responses
                .iter()
                .map(|response| {
                    let mut media = response.media.iter().map(|media| crate::media::is_json(media.name));
                    (response.status.to_owned(), media.len() > 0 && media.all(|json| json))
                })
                .collect(),
            path,
            parameters,
            body,
        };
        let alternatives = operation.security.iter().map(|all| {
            all.iter()
                .map(|scheme| {
                    let written = request.writes_scheme(&scheme.kind);
                    (scheme.name.clone(), scheme.kind.clone(), written)
                })
                .collect()
        });
        request.security = alternatives.collect();
        Some(request)
    }

    pub(super) fn body(&self, body: &program::Body<'a>, index: usize) -> Option<Body> {
        let value = |value: &program::Value| self.value(value, Some(index));
        // A structure that the description accepts only as text is sent as JSON if the user lowers the rule.
        let json_instead = body.by_description && self.typing.not_text(body, index).is_some();
        let replacements = body.replacements.iter();
        Some(Body {
            content_type: if json_instead {
                "application/json".to_owned()
            } else {
                body.content_type.clone()
            },
            fields: field::fields(body),
            form: if json_instead { Format::Json } else { body.form },
            payload: value(&body.payload)?,
            replacements: replacements
                .map(|(target, new)| Some((target.clone(), value(new)?)))
                .collect::<Option<Vec<_>>>()?,
        })
    }

    fn criterion(&self, criterion: &program::Criterion, at: usize) -> Option<Criterion> {
        Some(Criterion {
            text: criterion.text.clone(),
            place: self.place(criterion.span),
            test: criterion.test.map(&mut |reference| self.read(reference, Some(at)))?,
        })
    }

    fn actions(&self, actions: &[program::Action], at: usize, codes: StatusSet) -> Vec<Action> {
        let planned = actions
            .iter()
            .filter_map(|action| {
                self.codes.set(Some(codes.and(status::passing_all(&action.criteria))));
                let criteria = action
                    .criteria
                    .iter()
                    .map(|criterion| self.criterion(criterion, at))
                    .collect::<Option<Vec<_>>>()?;
                Some(Action {
                    name: action.name.clone(),
                    criteria,
                    kind: self.action_kind(&action.kind, at),
                })
            })
            .collect();
        self.codes.set(None);
        planned
    }

    fn action_kind(&self, kind: &program::ActionKind, at: usize) -> ActionKind {
        match kind {
            program::ActionKind::End => ActionKind::End,
            program::ActionKind::Goto(Destination::Step(step)) => ActionKind::Goto(*step),
            program::ActionKind::Goto(Destination::Workflow(invocation)) => {
                self.site(invocation, at).map_or(ActionKind::Invalid, ActionKind::Leave)
            }
            program::ActionKind::Retry { after, limit, detour } => {
                let detour = match detour {
                    None => None,
                    Some(Destination::Step(step)) => Some(Detour::Step(*step)),
                    Some(Destination::Workflow(invocation)) => match self.site(invocation, at) {
                        Some(site) => Some(Detour::Call(site)),
                        None => return ActionKind::Invalid,
                    },
                };
                ActionKind::Retry {
                    after: *after,
                    limit: *limit,
                    detour,
                }
            }
            program::ActionKind::Invalid => ActionKind::Invalid,
        }
    }
}
