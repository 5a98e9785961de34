//! What a step calls, with its parameters and its body.

use super::invocation::Caller;
use super::value::Place;
use super::{Act, Request, Scope};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::{self, OrReusable, Target, Text};
use crate::source::{Cursor, Span};

impl<'a> Scope<'a, '_> {
    pub(super) fn act(&mut self, step: &'a document::Step<'a>) -> Act<'a> {
        let (target, text) = match step.targets.as_slice() {
            [only] => *only,
            targets => {
                self.step_target(step, targets);
                return Act::Unresolved;
            }
        };
        let found = match target {
            Target::WorkflowId => {
                self.channel_fields(step, "a workflow");
                return self.workflow_call(step, text);
            }
            Target::ChannelPath => {
                let found = self.channel_by_path(text);
                return self.exchange(step, found);
            }
            Target::OperationId if self.is_channel_operation(text.value) => {
                let found = self.channel_operation(text);
                return self.exchange(step, found);
            }
            Target::OperationId => self.operation_by_id(text),
            Target::OperationPath => self.operation_by_path(text),
        };
        let Some((index, api, found)) = found else {
            self.visit_unbound(step);
            return Act::Unresolved;
        };
        self.channel_fields(step, "an HTTP operation");
        if let (Target::OperationPath, Some(id)) = (target, found.id()) {
            self.prefer_operation_id(text, id, index);
        }
        let operation = api.read(found, self.diagnostics);
        let (arguments, complete) = self.arguments(step, &operation, None);
        let body = self.body(step, &operation);
        Act::Http(Box::new(Request {
            api: index,
            operation,
            arguments,
            complete,
            body,
        }))
    }

    /// Reports fields for channels on a step that calls something else.
    fn channel_fields(&mut self, step: &document::Step<'a>, calls: &str) {
        for (field, span, rule) in [
            ("action", step.action.map(|(_, span)| span), &rule::ACTION_UNEXPECTED),
            (
                "correlationId",
                step.correlation_id.map(Cursor::span),
                &rule::CORRELATION_ID_UNEXPECTED,
            ),
        ] {
            if let Some(span) = span {
                let message = format!("`{field}` is only valid in AsyncAPI steps; this step calls {calls}");
                self.diagnostics
                    .push(Diagnostic::new(rule, span, message).help("remove the field"));
            }
        }
    }

    fn workflow_call(&mut self, step: &'a document::Step<'a>, id: Text<'a>) -> Act<'a> {
        if let Some(body) = &step.request_body {
            self.body_on_workflow_step(step, body.at.span());
        }
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        match self.invocation(id, &step.parameters, Caller::Step, &place) {
            Some(invocation) => Act::Workflow(invocation),
            None => Act::Unresolved,
        }
    }

    fn body_on_workflow_step(&mut self, step: &document::Step<'a>, span: Span) {
        let message = format!(
            "step `{}` calls a workflow and cannot have a request body",
            step.id.value
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::BODY_ON_WORKFLOW_STEP, span, message)
                .help("pass the fields of its `payload` as `parameters`"),
        );
    }

    /// Resolves the values of a step whose operation is unknown, so that their mistakes are also reported.
    pub(super) fn visit_unbound(&mut self, step: &'a document::Step<'a>) {
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        for parameter in &step.parameters {
            if let OrReusable::Here(parameter) = parameter {
                self.value(parameter.value, &place);
            }
        }
        if let Some(payload) = step.request_body.as_ref().and_then(|body| body.payload) {
            self.value(payload, &place);
        }
    }

    fn step_target(&mut self, step: &document::Step<'a>, targets: &[(Target, Text<'a>)]) {
        let id = step.id.value;
        let diagnostic = match targets {
            [] => Diagnostic::new(
                &rule::STEP_TARGET,
                step.id.span(),
                format!("step `{id}` does not call anything"),
            )
            .help("add one of `operationId`, `operationPath`, `channelPath` and `workflowId`"),
            [first, second, ..] => Diagnostic::new(
                &rule::STEP_TARGET,
                second.1.span(),
                format!("step `{id}` has both `{}` and `{}`", first.0.field(), second.0.field()),
            )
            .related(first.1.span(), format!("the `{}`", first.0.field()))
            .help(format!("keep `{}` or `{}`", first.0.field(), second.0.field())),
            [_] => return,
        };
        self.diagnostics.push(diagnostic);
    }
}
